import { afterEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Channel } from "../../templates/notify/unattended/channel.ts"
import { late, together } from "../../templates/notify/unattended/digest.ts"
import type { Notice } from "../../templates/notify/unattended/events.ts"
import { Log } from "../../templates/notify/unattended/log.ts"
import { Outbox } from "../../templates/notify/unattended/outbox.ts"
import { parseSettings } from "../../templates/notify/unattended/parse.ts"
import { judge, quietUntil } from "../../templates/notify/unattended/rules.ts"
import type { EventName } from "../../templates/notify/unattended/settings.ts"
import { Spool } from "../../templates/notify/unattended/spool.ts"
import { message, RULES } from "./support/message.ts"
import { Receiver } from "./support/receiver.ts"

const states: string[] = []
afterEach(() => {
  for (const state of states.splice(0)) rmSync(state, { recursive: true, force: true })
})

function stateFolder(): string {
  const state = mkdtempSync(join(tmpdir(), "state "))
  states.push(state)
  return state
}

function outbox(server: string, state: string, more: object = {}): Outbox {
  return new Outbox(parseSettings(JSON.stringify({ state, desktop: false, ntfy: { server, topic: "oc-t" }, ...more })))
}

let count = 0
function notice(event: EventName, changes: Partial<Notice> = {}): Notice {
  const session = `ses_${count++}`
  const request = event === "permission" || event === "question" ? `per_${session}` : undefined
  return { event, session, root: session, request, ...changes }
}

const place = { project: "proj" }

describe("who is told what", () => {
  const channel = (rules: object, sparing = false): Channel => ({
    name: "x",
    rules: { ...RULES, ...rules },
    remote: true,
    send: async () => {},
    sparing: () => sparing,
  })
  const day = new Date(2026, 10, 22, 12, 0).getTime()

  test.each([
    ["done", {}, false, "send"],
    ["done", { events: ["error"] }, false, "drop"],
    ["error", { events: ["error"] }, false, "send"],
    ["done", { minSeconds: 21 }, false, "drop"],
    ["done", { minSeconds: 20 }, false, "send"],
    ["error", { minSeconds: 21 }, false, "send"],
    ["permission", { minSeconds: 21 }, false, "send"],
    ["done", {}, true, "drop"],
    ["error", {}, true, "send"],
    ["stuck", {}, true, "send"],
    ["question", {}, true, "send"],
  ] as const)("%s by %p, sparing: %p", (event, rules, sparing, verdict) => {
    expect(judge(notice(event, { took: 20_000 }), channel(rules, sparing), undefined, day)).toBe(verdict)
  })

  test("a turn whose beginning nobody saw counts as long", () => {
    expect(judge(notice("done"), channel({ minSeconds: 20 }), undefined, day)).toBe("send")
  })

  test("in quiet hours only done is held", () => {
    const quiet = { from: "11:00", to: "13:30" }
    const until = new Date(2026, 10, 22, 13, 30).getTime()
    expect(judge(notice("done"), channel({}), quiet, day)).toBe(until)
    for (const event of ["error", "stuck", "permission", "question"] as const) {
      expect(judge(notice(event), channel({}), quiet, day)).toBe("send")
    }
  })

  test.each([
    ["22:00", "07:00", [22, 23, 59], 23],
    ["22:00", "07:00", [22, 3, 0], 22],
    ["22:00", "07:00", [22, 7, 0], undefined],
    ["22:00", "07:00", [22, 21, 59], undefined],
    ["22:00", "07:00", [22, 22, 0], 23],
    ["08:00", "09:00", [22, 8, 30], 22],
    ["08:00", "09:00", [22, 9, 0], undefined],
  ] as const)("quiet from %s to %s at %p", (from, to, [date, hour, minute], ends) => {
    const now = new Date(2026, 10, date, hour, minute, 5).getTime()
    const [hours = 0] = to.split(":").map(Number)
    const expected = ends === undefined ? undefined : new Date(2026, 10, ends, hours, 0).getTime()
    expect(quietUntil({ from, to }, now)).toBe(expected)
  })
})

describe("messages that come too fast", () => {
  test("are put together after twenty, prompts never are", async () => {
    await using ntfy = new Receiver()
    const box = outbox(ntfy.url, stateFolder())
    for (let turn = 0; turn < 23; turn++) box.tell(notice(turn === 21 ? "error" : "done"), place)
    for (let asked = 0; asked < 30; asked++) box.tell(notice("permission"), place)
    await box.drain()
    const published = ntfy.received.filter(({ method }) => method === "POST")
    expect(published).toHaveLength(20 + 30 + 1)
    const gathered = published.find(({ body }) => String(body.title).includes("more"))
    expect(gathered?.body.title).toBe("opencode · and 3 more")
    expect(gathered?.body.priority).toBe(4)
    expect(gathered?.body.message).toMatch(/^\d\d:\d\d proj · done\n\d\d:\d\d proj · error\n\d\d:\d\d proj · done$/)
  })
})

describe("what cannot be delivered", () => {
  const fail = () => Response.json({ code: 50001 }, { status: 500 })

  test("is kept if it is urgent, and sent with the next message, once", async () => {
    const state = stateFolder()
    await using ntfy = new Receiver(fail)
    const box = outbox(ntfy.url, state)
    box.tell(notice("error"), place, new Date(2026, 10, 22, 14, 2).getTime())
    box.tell(notice("done"), place)
    await box.drain()
    const folder = join(state, "spool")
    expect(readdirSync(folder)).toHaveLength(0 + 1)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, readdirSync(folder)[0] ?? "")).mode & 0o777).toBe(0o600)
    ntfy.answer = ({ body }) => Response.json({ id: "a", ...body })
    ntfy.received.splice(0)
    box.tell(notice("done"), place)
    await box.drain()
    expect(ntfy.titles).toEqual(["proj · done", expect.stringMatching(/^while away, \d\d:\d\d: proj · error$/)])
    expect(readdirSync(folder)).toHaveLength(0)
  })

  test("goes back when it fails again", async () => {
    const state = stateFolder()
    await using ntfy = new Receiver(fail)
    const box = outbox(ntfy.url, state)
    box.tell(notice("error"), place)
    await box.drain()
    box.sendKept()
    await box.drain()
    expect(readdirSync(join(state, "spool"))).toHaveLength(1)
  })

  test("is dropped when the request is answered", async () => {
    const state = stateFolder()
    await using ntfy = new Receiver(fail)
    const box = outbox(ntfy.url, state)
    const asked = notice("permission")
    box.tell(asked, place)
    await box.drain()
    expect(readdirSync(join(state, "spool"))).toHaveLength(1)
    box.clear(asked.request ?? "")
    await box.drain()
    expect(readdirSync(join(state, "spool"))).toHaveLength(0)
  })

  test("what was held in quiet hours is not sent before they end", async () => {
    const state = stateFolder()
    const spool = new Spool(state)
    const at = Date.now()
    spool.put({ channel: "ntfy", message: message({ at }), notBefore: at + 1_000 })
    expect(spool.take("ntfy", at + 999)).toEqual([])
    expect(spool.take("desktop", at + 1_001)).toEqual([])
    expect(spool.take("ntfy", at + 1_001)).toHaveLength(1)
    expect(spool.take("ntfy", at + 1_001)).toEqual([])
  })

  test("is bounded in number and age, and what is no message is dropped", () => {
    const state = stateFolder()
    const spool = new Spool(state)
    const now = Date.now()
    for (let each = 0; each < 30; each++) {
      spool.put({ channel: "ntfy", message: message({ at: now + each, subject: `${each}` }) })
    }
    const folder = join(state, "spool")
    expect(readdirSync(folder)).toHaveLength(20)
    writeFileSync(join(folder, "000-x.json"), "{")
    writeFileSync(join(folder, "001-x.json"), "{}")
    expect(spool.take("ntfy", now + 25 * 3_600_000)).toEqual([])
    expect(readdirSync(folder)).toHaveLength(0)
  })

  test("without a state folder nothing is kept and nothing breaks", async () => {
    await using ntfy = new Receiver(fail)
    const box = new Outbox(parseSettings(JSON.stringify({ desktop: false, ntfy: { server: ntfy.url, topic: "t" } })))
    box.tell(notice("error"), place)
    await box.drain()
    expect(ntfy.received.length).toBeGreaterThan(0)
  })
})

describe("trying again", () => {
  const failure = () => Response.json({ code: 50001 }, { status: 500 })
  const success = () => Response.json({ id: "a" })

  test("a message that fails once is delivered", async () => {
    await using ntfy = new Receiver(() => (ntfy.received.length === 1 ? failure() : success()))
    const box = outbox(ntfy.url, stateFolder())
    box.tell(notice("done"), place)
    await box.drain()
    expect(ntfy.received).toHaveLength(2)
    expect(new Set(ntfy.received.map(({ body }) => body.sequence_id)).size).toBe(1)
  })

  test("ends after three tries, before opencode has been kept for long", async () => {
    await using ntfy = new Receiver(failure)
    const box = outbox(ntfy.url, stateFolder())
    box.tell(notice("done"), place)
    const before = performance.now()
    await box.drain()
    expect(ntfy.received).toHaveLength(3)
    expect(performance.now() - before).toBeLessThan(2_500)
  })

  test.each([
    [401, 40101],
    [403, 40301],
    [429, 42908],
    [429, 42909],
    [400, 40009],
  ])("does not happen after %d with the code %d", async (status, code) => {
    await using ntfy = new Receiver(() => Response.json({ code }, { status }))
    const box = outbox(ntfy.url, stateFolder())
    box.tell(notice("error"), place)
    await box.drain()
    expect(ntfy.received).toHaveLength(1)
  })

  test.each([
    [42908, 1],
    [42909, 1],
    [40301, 2],
  ])("after the code %d the next message makes %d requests in all", async (code, requests) => {
    await using ntfy = new Receiver(() => Response.json({ code }, { status: 403 }))
    const box = outbox(ntfy.url, stateFolder())
    box.tell(notice("error"), place)
    await box.drain()
    box.tell(notice("error"), place)
    await box.drain()
    expect(ntfy.received).toHaveLength(requests)
  })
})

describe("late messages", () => {
  const at = (minute: number) => new Date(2026, 10, 22, 14, minute).getTime()

  test("a few are sent one by one", () => {
    const sent = late([message({ at: at(2), title: "p · error" })], "en")
    expect(sent.map(({ message }) => message.title)).toEqual(["while away, 14:02: p · error"])
  })

  test("many are put together", () => {
    const many = [2, 3, 4, 5].map((minute) => message({ at: at(minute), title: `p · ${minute}` }))
    const [only, ...others] = late(many, "th")
    expect(others).toEqual([])
    expect(only?.of).toEqual(many)
    expect(only?.message.title).toBe("ระหว่างที่คุณไม่อยู่ 14:02 น.: opencode · และอีก 4 รายการ")
    expect(only?.message.body).toStartWith("14:02 p · 2\n14:03 p · 3")
  })

  test("nothing is nothing", () => {
    expect(late([], "en")).toEqual([])
    expect(together([], "en")).toBeUndefined()
  })
})

describe("taking back", () => {
  test("waits for what is still being sent", async () => {
    await using ntfy = new Receiver(async ({ body }) => {
      await Bun.sleep(body.topic ? 100 : 0)
      return Response.json({ id: "a", ...body })
    })
    const box = outbox(ntfy.url, stateFolder())
    const asked = notice("permission")
    box.tell(asked, place)
    box.clear(asked.request ?? "")
    await box.drain()
    expect(ntfy.received.map(({ method }) => method)).toEqual(["POST", "PUT"])
  })
})

describe("the log", () => {
  test("says what was sent and what failed, without text and secrets", async () => {
    const state = stateFolder()
    await using ntfy = new Receiver()
    const box = outbox(ntfy.url, state)
    box.tell(notice("done", { title: "Secret plan" }), place)
    await box.drain()
    ntfy.answer = () => Response.json({ code: 40301 }, { status: 403 })
    box.tell(notice("error"), place)
    await box.drain()
    const file = join(state, "notify.log")
    const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    expect(lines.map(({ what, event, channel }) => [what, event, channel])).toEqual([
      ["sent", "done", "ntfy"],
      ["spooled", "error", "ntfy"],
      ["settings", undefined, undefined],
    ])
    expect(lines[1].reason).toContain("40301")
    expect(readFileSync(file, "utf8")).not.toMatch(/Secret|oc-t"/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test("is rotated once", () => {
    const state = stateFolder()
    const log = new Log(state, (text) => text.replace("oc-t", "***"))
    const file = join(state, "notify.log")
    writeFileSync(file, "x".repeat(300_000))
    log.write({ what: "failed", reason: "oc-t" })
    expect(statSync(`${file}.1`).size).toBe(300_000)
    expect(readFileSync(file, "utf8")).toContain("***")
  })

  test("that cannot be written does no harm", () => {
    new Log("/nonexistent").write({ what: "sent" })
    expect(existsSync("/nonexistent")).toBe(false)
  })
})

describe("trouble with the notifications themselves", () => {
  const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> "$SHOWN"\n`

  async function complaints(work: (server: string, state: string) => Promise<void>): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "bin "))
    states.push(folder)
    const before = { PATH: process.env.PATH, SHOWN: process.env.SHOWN }
    writeFileSync(join(folder, "notify-send"), script, { mode: 0o755 })
    writeFileSync(join(folder, "shown"), "")
    Object.assign(process.env, { PATH: `${folder}:${before.PATH}`, SHOWN: join(folder, "shown") })
    try {
      await using ntfy = new Receiver(() => Response.json({ code: 42908 }, { status: 429 }))
      await work(ntfy.url, stateFolder())
      return readFileSync(join(folder, "shown"), "utf8").trim().split("\n")
    } finally {
      process.env.PATH = before.PATH
      delete process.env.SHOWN
    }
  }

  test("a quota that is used up is said on the desktop, once a day for all processes", async () => {
    const shown = await complaints(async (server, state) => {
      for (let process = 0; process < 2; process++) {
        const box = outbox(server, state, { desktop: { events: [] } })
        for (let sent = 0; sent < 3; sent++) box.tell(notice("error"), place)
        await box.drain()
        await box.drain()
      }
    })
    expect(shown).toEqual([expect.stringContaining("quota is used up: no more pushes until 00:00 UTC")])
  })
})
