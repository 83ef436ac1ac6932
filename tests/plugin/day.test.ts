import { afterEach, expect, jest, test } from "bun:test"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { pathToFileURL } from "node:url"
import { Notifier } from "../../templates/notify/unattended/notifier.ts"
import { SettingsFile } from "../../templates/notify/unattended/settingsfile.ts"
import { RULES } from "./support/replay.ts"
import { randomness, type Script, turn } from "./support/turns.ts"

const HOUR = 3_600_000
const START = new Date(2026, 10, 22).getTime()
const OUTAGE = { from: START + 3 * HOUR, to: START + 3.25 * HOUR }

const realFetch = globalThis.fetch
afterEach(() => {
  jest.useRealTimers()
  globalThis.fetch = realFetch
})

/** Put a server in place of the network, which a false clock would make wait for ever. */
function serve(answer: (method: string, path: string, body: Record<string, unknown>) => Response): void {
  const fetch = async (url: string, { method = "GET", body }: { method?: string; body?: string }) => {
    await Promise.resolve()
    return answer(method, new URL(url).pathname, body === undefined ? {} : JSON.parse(body))
  }
  globalThis.fetch = fetch as never
}

/** Write a day of turns, one each minute, each in a session and a directory of its own. */
function day(random: () => number): Script[] {
  return Array.from({ length: 24 * 60 }, (_, minute) => {
    const session = `ses_${minute}`
    const child = random() < 0.3 ? `${session}_child` : undefined
    const script = turn(session, START + minute * 60_000, random, child)
    const at = START + minute * 60_000 - 1
    const created: Script["events"] = [{ at, event: { kind: "session", session, directory: `/w/${session}` } }]
    if (child) created.push({ at, event: { kind: "session", session: child, parent: session } })
    const events = [...created, ...script.events].map(({ at, event }) => ({ at: Math.round(at), event }))
    const asked = script.asked.map((each) => ({
      ...each,
      askedAt: Math.round(each.askedAt),
      answeredAt: Math.round(each.answeredAt),
    }))
    return { ...script, events, asked }
  })
}

function inOutage({ events }: Script): boolean {
  const [first, last] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0]
  return last > OUTAGE.from - 60_000 && first < OUTAGE.to + 60_000
}

/** Return what was told, one title a notification, also those that were put together. */
function titles(delivered: Array<Record<string, unknown>>): string[] {
  return delivered.flatMap(({ title, message }) => {
    const lines = /· and \d+ more$/.test(String(title)) ? String(message).split("\n") : [String(title)]
    return lines.map((line) => line.replace(/^(while away, )?\d\d:\d\d:? /, ""))
  })
}

test("a day of use with a server that stumbles, and is away for a quarter of an hour: nothing twice, nothing missed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "day "))
  let requests = 0
  const delivered: Array<Record<string, unknown>> = []
  const cleared: string[] = []
  serve((method, path, body) => {
    const away = Date.now() >= OUTAGE.from && Date.now() < OUTAGE.to
    if (away || requests++ % 10 === 9) return Response.json({ code: 50001 }, { status: 500 })
    if (method === "POST") delivered.push(body)
    if (method === "PUT") cleared.push(path)
    return Response.json({ id: "abc", event: "message", ...body })
  })
  const file = join(folder, "notify.json")
  const server = "http://127.0.0.1:2586"
  writeFileSync(file, JSON.stringify({ state: folder, desktop: false, ntfy: { server, topic: "t" } }))
  jest.useFakeTimers({ now: START - HOUR })
  const open = new Set<string>()
  const notifier = new Notifier({
    settings: new SettingsFile(pathToFileURL(file)),
    directory: "/w",
    project: (notice) => basename(notice.directory ?? "unknown"),
    opencode: {
      session: async () => undefined,
      pending: async (_prompt, id) => open.has(id),
      lastWords: async () => undefined,
    },
  })
  // Nothing here waits for anything but timers: what is under way is over after a few rounds of the microtasks.
  const settle = async () => {
    for (let round = 0; round < 100; round++) await Promise.resolve()
  }
  let timers = 0
  const passUntil = async (time: number) => {
    jest.advanceTimersByTime(Math.max(0, time - Date.now()))
    await settle()
    timers = Math.max(timers, jest.getTimerCount())
  }

  const scripts = day(randomness(3))
  const events = scripts.flatMap((script) => script.events).sort((one, other) => one.at - other.at)
  for (const { at, event } of events) {
    await passUntil(at)
    if (event.kind === "asked") open.add(event.id)
    if (event.kind === "answered") open.delete(event.id)
    notifier.on(event)
  }
  for (let minute = 0; minute < 60; minute++) await passUntil(Date.now() + 60_000)
  const closed = notifier.close()
  await settle()
  jest.advanceTimersByTime(5_000)
  await closed
  const left = readdirSync(join(folder, "spool"))
  rmSync(folder, { recursive: true })

  const told = titles(delivered)
  const count = (title: string) => told.filter((each) => each === title).length
  for (const script of scripts) {
    const { session, end, asked } = script
    const due = (event: string, times: number) => {
      const found = count(`${session} · ${event}`)
      // What cannot wait is never lost; "done" and what was answered meanwhile may be, while the server is away.
      if (inOutage(script) && event !== "error") expect([session, event, found <= times]).toEqual([session, event, true])
      else expect([session, event, found]).toEqual([session, event, times])
    }
    due("done", end === "done" ? 1 : 0)
    due("error", end === "error" ? 1 : 0)
    due("needs permission", asked.filter((each) => each.answeredAt - each.askedAt >= RULES.graceMs).length)
  }
  expect(new Set(cleared).size).toBe(cleared.length)
  expect(cleared.length).toBeGreaterThan(100)
  expect(told.length).toBeGreaterThan(1_000)
  expect(delivered.filter(({ title }) => String(title).startsWith("while away")).length).toBeGreaterThan(0)
  expect(left).toEqual([])
  expect(timers).toBeLessThan(60)
}, 30_000)
