import { afterEach, describe, expect, test } from "bun:test"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Hooks } from "@opencode-ai/plugin"
import { VERSION } from "../../templates/notify/unattended/version.ts"
import { Installation, input } from "./support/installation.ts"
import { Receiver } from "./support/receiver.ts"

const installations: Installation[] = []
afterEach(() => {
  for (const installation of installations.splice(0)) installation.remove()
})

function install(settings: object | string): Installation {
  const installation = new Installation(settings)
  installations.push(installation)
  return installation
}

let count = 0
/** A directory that no other test uses: copies of the plugin share the process. */
function directory(): string {
  return `/home/ann/proj${count++}`
}

async function event(hooks: Hooks, type: string, properties: object): Promise<void> {
  await hooks.event?.({ event: { type, properties } as never })
}

async function turn(hooks: Hooks, sessionID = "ses_a"): Promise<void> {
  await event(hooks, "session.created", { sessionID, info: { id: sessionID } })
  await event(hooks, "session.status", { sessionID, status: { type: "busy" } })
  await event(hooks, "session.idle", { sessionID })
}

const ask = { id: "per_1", sessionID: "ses_a", permission: "bash", patterns: ["ls"], metadata: { command: "ls" } }

describe("what is published", () => {
  test("a turn's end, as JSON to the server's root", async () => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, ntfy: { server: `${ntfy.url}/`, topic: "oc-ann" } }).entry()
    const hooks = await entry.server({ ...input("/home/ann/โครงการ 🚀"), worktree: "/" })
    await turn(hooks)
    await hooks.dispose?.()
    expect(ntfy.received.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: "/",
        body: {
          topic: "oc-ann",
          title: "โครงการ 🚀 · done",
          message: "The agent has finished.",
          priority: 3,
          tags: ["white_check_mark"],
          sequence_id: expect.stringMatching(/^oc-[0-9a-f]{16}$/),
        },
      },
    ])
    expect(ntfy.received[0]?.headers.get("user-agent")).toBe(`opencode-unattended/${VERSION}`)
    expect(ntfy.received[0]?.headers.has("authorization")).toBe(false)
  })

  test.each([
    [{ token: "tk_1", user: "ann", password: "x" }, "Bearer tk_1"],
    [{ user: "ann", password: "ü:%" }, `Basic ${Buffer.from("ann:ü:%").toString("base64")}`],
    [{ user: "ann" }, null],
  ])("with the credentials %p", async (credentials, expected) => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t", ...credentials } }).entry()
    const hooks = await entry.server(input(directory()))
    await turn(hooks)
    await hooks.dispose?.()
    expect(ntfy.received.map(({ headers }) => headers.get("authorization"))).toEqual([expected])
  })

  test("nothing of a prompt's command or an error's text", async () => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, graceSeconds: 0, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const hooks = await entry.server(input(directory()))
    await event(hooks, "permission.asked", { ...ask, metadata: { command: "curl -H 'Bearer s3cret'" } })
    const error = { name: "APIError", data: { message: "key s3cret is wrong" } }
    await event(hooks, "session.error", { sessionID: "ses_b", error })
    await hooks.dispose?.()
    expect(ntfy.received).toHaveLength(2)
    expect(JSON.stringify(ntfy.received)).not.toContain("s3cret")
  })
})

describe("the grace", () => {
  const settings = (ntfy: Receiver) => ({ desktop: false, graceSeconds: 0.05, ntfy: { server: ntfy.url, topic: "t" } })

  test.each([
    ["opencode lists the request", () => [{ id: "per_1" }], 1],
    ["opencode lists another request", () => [{ id: "per_2" }], 0],
    ["opencode cannot be asked", () => undefined, 1],
    [
      "asking opencode fails",
      () => {
        throw new Error("no")
      },
      1,
    ],
  ])("%s", async (_name, pending, expected) => {
    await using ntfy = new Receiver()
    const entry = await install(settings(ntfy)).entry()
    const hooks = await entry.server(input(directory(), pending))
    await event(hooks, "permission.asked", ask)
    expect(ntfy.received).toHaveLength(0)
    await Bun.sleep(200)
    await hooks.dispose?.()
    expect(ntfy.received).toHaveLength(expected)
  })
})

describe("the end of opencode", () => {
  test("waits for a delivery under way", async () => {
    await using ntfy = new Receiver(async () => {
      await Bun.sleep(400)
      return Response.json({ id: "abc" })
    })
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const hooks = await entry.server(input(directory()))
    await turn(hooks)
    const before = performance.now()
    await hooks.dispose?.()
    expect(performance.now() - before).toBeGreaterThan(350)
  })

  test("comes after 5 seconds when the server never answers", async () => {
    await using ntfy = new Receiver(() => new Promise(() => {}))
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const hooks = await entry.server(input(directory()))
    await turn(hooks)
    const before = performance.now()
    await hooks.dispose?.()
    expect(performance.now() - before).toBeWithin(4_500, 6_500)
  }, 10_000)

  test("a next instance that is made meanwhile sends nothing by itself, and works", async () => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const where = directory()
    const first = await entry.server(input(where))
    await turn(first)
    const closing = first.dispose?.()
    const second = await entry.server(input(where))
    await closing
    await second.dispose?.()
    expect(ntfy.received).toHaveLength(1)
    const third = await entry.server(input(where))
    await turn(third)
    await third.dispose?.()
    expect(ntfy.received).toHaveLength(2)
  })
})

describe("copies and instances", () => {
  test("of two copies in one process the second stays silent", async () => {
    await using ntfy = new Receiver()
    const installation = install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } })
    const where = directory()
    const first = await (await installation.entry("plugin")).server(input(where))
    const second = await (await installation.entry("plugins")).server(input(where))
    await turn(first)
    await turn(second)
    await first.dispose?.()
    await second.dispose?.()
    expect(ntfy.received).toHaveLength(1)
  })

  test("instances for several directories all work", async () => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const one = await entry.server(input("/home/ann/one"))
    const two = await entry.server(input("/home/ann/two"))
    await turn(two)
    await turn(one)
    await one.dispose?.()
    await two.dispose?.()
    expect(ntfy.titles.sort()).toEqual(["one · done", "two · done"])
  })
})

describe("the project's name", () => {
  test.each([
    ["/home/ann/repo/packages/a", "/home/ann/repo", "repo · done"],
    ["/home/ann/notes", "/", "notes · done"],
    ["/", "/", "opencode · done"],
  ])("of %s in %s", async (where, worktree, title) => {
    await using ntfy = new Receiver()
    const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
    const hooks = await entry.server({ ...input(where), worktree })
    await turn(hooks)
    await hooks.dispose?.()
    expect(ntfy.titles).toEqual([title])
  })
})

describe("faults", () => {
  test.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["nothing of use", `{"desktop": false, "ntfy": {"topic": 5}, "graceSeconds": "soon"}`],
  ])("settings that are %s give hooks", async (_name, text) => {
    const entry = await install(text).entry()
    const hooks = await entry.server(input(directory()))
    expect(Object.keys(hooks)).toContain("event")
    await hooks.dispose?.()
  })

  test("events of no known shape are ignored", async () => {
    const entry = await install({ desktop: false }).entry()
    const hooks = await entry.server(input(directory()))
    for (const odd of [undefined, null, {}, { type: "session.idle" }, { type: "session.error", properties: null }]) {
      await hooks.event?.({ event: odd as never })
    }
    await event(hooks, "permission.asked", { sessionID: "ses_a" })
    await event(hooks, "session.status", { sessionID: "ses_a", status: "busy" })
    await hooks.dispose?.()
  })

  test("a refusal, a redirect and a server that is not there reject nothing", async () => {
    for (const answer of [new Response("no", { status: 500 }), Response.redirect("/login")]) {
      await using ntfy = new Receiver(() => answer)
      const entry = await install({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } }).entry()
      const hooks = await entry.server(input(directory()))
      await turn(hooks)
      await hooks.dispose?.()
      expect(ntfy.received.length).toBeGreaterThan(0)
    }
    const entry = await install({ desktop: false, ntfy: { server: "http://127.0.0.1:1", topic: "t" } }).entry()
    const hooks = await entry.server(input(directory()))
    await turn(hooks)
    await hooks.dispose?.()
  })

  test("input that is no input gives hooks that do nothing", async () => {
    const entry = await install({ desktop: false }).entry()
    expect(await entry.server(undefined as never)).toEqual({})
  })
})

test("the loaded mark", async () => {
  const installation = install({ desktop: false })
  const entry = await installation.entry()
  const hooks = await entry.server(input("/home/ann/marked"))
  await hooks.dispose?.()
  const file = join(installation.state, "loaded.json")
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    version: VERSION,
    pid: process.pid,
    directory: "/home/ann/marked",
    side: "server",
    at: expect.any(Number),
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test("a state folder that is not there does no harm", async () => {
  const entry = await install({ state: "/nonexistent/state", desktop: false }).entry()
  const hooks = await entry.server(input(directory()))
  expect(Object.keys(hooks)).toContain("event")
  await hooks.dispose?.()
})
