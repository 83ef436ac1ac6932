import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Installation, input } from "./support/installation.ts"
import { Opencode2 } from "./support/opencode2.ts"
import { Receiver } from "./support/receiver.ts"

let ntfy: Receiver
let opencode: Opencode2
let installation: Installation
const cleanups: Array<() => Promise<void>> = []

beforeEach(() => {
  ntfy = new Receiver()
  opencode = new Opencode2()
  installation = new Installation({ desktop: false, graceSeconds: 0.05, ntfy: { server: ntfy.url, topic: "t" } })
})

afterEach(async () => {
  await stop()
  await ntfy[Symbol.asyncDispose]()
  installation.remove()
})

async function start(...directories: string[]): Promise<void> {
  const entry = await installation.entry()
  for (const directory of directories) {
    const cleanup = await entry.setup(opencode.context(directory))
    if (cleanup) cleanups.push(cleanup)
  }
  await Bun.sleep(5)
}

/** End opencode: every location is unloaded. */
async function stop(): Promise<void> {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()))
}

function turn(session: string, directory?: string): void {
  opencode.publish("session.execution.started", { sessionID: session }, directory)
  opencode.publish("session.execution.succeeded", { sessionID: session }, directory)
}

const settle = () => Bun.sleep(150)

test("opencode 1.18.33 calls setup() without events: nothing is done, no mark is left", async () => {
  const entry = await installation.entry()
  for (const context of [undefined, {}, { options: {}, agent: {}, plugin: {} }, { event: {} }]) {
    expect(await entry.setup(context)).toBeUndefined()
  }
  expect(existsSync(join(installation.state, "loaded.json"))).toBe(false)
})

test("the loaded mark names the side", async () => {
  await start("/home/ann/one")
  const mark = JSON.parse(readFileSync(join(installation.state, "loaded.json"), "utf8"))
  expect(mark).toMatchObject({ side: "setup", directory: "/home/ann/one" })
})

describe("several locations in one process", () => {
  test("an event that all of them receive is told once, under its own project's name", async () => {
    await start("/home/ann/one", "/home/ann/two", "/home/ann/three")
    opencode.publish("session.created", { sessionID: "ses_2", location: { directory: "/home/ann/two" } })
    opencode.publish("session.created", { sessionID: "ses_1" }, "/home/ann/one")
    turn("ses_2")
    turn("ses_1", "/home/ann/one")
    await settle()
    expect(ntfy.titles).toEqual(["two · done", "one · done"])
  })

  test("a session whose location no event names is looked up", async () => {
    opencode.sessions.set("ses_9", { title: "Old", location: { directory: "/home/ann/two" } })
    await start("/home/ann/one", "/home/ann/two")
    opencode.publish("session.execution.started", { sessionID: "ses_9" })
    await settle()
    opencode.publish("session.execution.succeeded", { sessionID: "ses_9" })
    await settle()
    expect(ntfy.titles).toEqual(["two · done"])
  })

  test("one that is unloaded leaves the others working", async () => {
    await start("/home/ann/one", "/home/ann/two")
    await cleanups.shift()?.()
    turn("ses_1")
    await settle()
    expect(ntfy.received).toHaveLength(1)
    expect(opencode.listening).toBe(1)
  })
})

describe("the stream", () => {
  test("is begun anew when it breaks, and what it repeats is told once", async () => {
    await start("/home/ann/one")
    turn("ses_1")
    await settle()
    opencode.breakStreams()
    await Bun.sleep(700)
    expect(opencode.subscriptions).toBe(2)
    for (const event of opencode.sent) opencode.send(event)
    turn("ses_2")
    await settle()
    expect(ntfy.received).toHaveLength(2)
  })

  test("replays from before the plugin was loaded are told by nobody", async () => {
    await start("/home/ann/one")
    const hourAgo = Date.now() - 3_600_000
    opencode.publish("session.created", { sessionID: "ses_1", parentID: "ses_0" }, undefined, hourAgo)
    opencode.publish("session.execution.started", { sessionID: "ses_0" }, undefined, hourAgo)
    opencode.publish("session.execution.succeeded", { sessionID: "ses_0" }, undefined, hourAgo)
    opencode.publish("permission.asked", { id: "per_0", sessionID: "ses_0" }, undefined, hourAgo)
    turn("ses_1")
    await settle()
    expect(ntfy.received).toHaveLength(0)
  })

  test("is left when opencode ends", async () => {
    await start("/home/ann/one")
    await stop()
    await Bun.sleep(10)
    expect(opencode.listening).toBe(0)
  })

  test("survives what is no event", async () => {
    await start("/home/ann/one")
    for (const odd of [null, 5, {}, { id: "x" }, { id: "y", type: "session.execution.succeeded" }]) opencode.send(odd)
    turn("ses_1")
    await settle()
    expect(ntfy.received).toHaveLength(1)
  })
})

describe("permissions", () => {
  test("one that is still listed is told", async () => {
    await start("/home/ann/one")
    opencode.pending.push({ id: "per_1", sessionID: "ses_1" })
    opencode.publish("permission.asked", { id: "per_1", sessionID: "ses_1", action: "shell", resources: ["ls"] })
    await settle()
    expect(ntfy.titles).toEqual(["one · needs permission"])
  })

  test("one that opencode resolved by itself is not", async () => {
    await start("/home/ann/one")
    opencode.publish("permission.asked", { id: "per_1", sessionID: "ses_1", action: "shell", resources: ["ls"] })
    await settle()
    expect(ntfy.received).toHaveLength(0)
  })

  test("one that waits while opencode ends is told at once, by the last to be unloaded", async () => {
    installation.write({ desktop: false, graceSeconds: 60, ntfy: { server: ntfy.url, topic: "t" } })
    await start("/home/ann/one", "/home/ann/two")
    opencode.publish("permission.asked", { id: "per_1", sessionID: "ses_1", action: "shell", resources: ["ls"] })
    await Bun.sleep(10)
    await stop()
    expect(ntfy.received).toHaveLength(1)
  })
})

test("the agent's shell sees no password", async () => {
  process.env.OPENCODE_PASSWORD = "pw"
  try {
    await start("/home/ann/one")
    const event = { env: { PATH: "/bin" } as Record<string, string> }
    for (const hook of opencode.shellHooks) hook(event)
    expect(event.env).toEqual({ PATH: "/bin", OPENCODE_PASSWORD: "" })
    expect({ ...process.env }.OPENCODE_PASSWORD).toBeUndefined()
  } finally {
    delete process.env.OPENCODE_PASSWORD
  }
})

test("a context that has only events is enough", async () => {
  const entry = await installation.entry()
  const { event } = opencode.context("/home/ann/one")
  const cleanup = await entry.setup({ event })
  if (cleanup) cleanups.push(cleanup)
  await Bun.sleep(5)
  opencode.publish("session.execution.started", { sessionID: "ses_1" }, "/home/ann/one")
  opencode.publish("permission.asked", { id: "per_1", sessionID: "ses_1" }, "/home/ann/one")
  await settle()
  expect(ntfy.received).toHaveLength(1)
})

test("opencode 1 and 2 in one process do not meet", async () => {
  const entry = await installation.entry()
  const hooks = await entry.server(input("/home/ann/both"))
  await start("/home/ann/both")
  turn("ses_1")
  await settle()
  await hooks.dispose?.()
  expect(ntfy.received).toHaveLength(1)
})
