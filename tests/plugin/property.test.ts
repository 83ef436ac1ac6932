import { expect, test } from "bun:test"
import { Core } from "../../templates/notify/unattended/core.ts"
import type { AgentEvent, Effect, Notice } from "../../templates/notify/unattended/events.ts"
import { RULES } from "./support/replay.ts"

const ROUNDS = 3_000

/** Return a source of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
function randomness(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type End = "done" | "error" | "abort" | "abort-in-retry"
type Asked = { id: string; session: string; askedAt: number; answeredAt: number }
type Script = { events: Array<{ at: number; event: AgentEvent }>; end: End; asked: Asked[]; session: string }

/** Write the events of one turn in one session, as opencode 1.18.33 sends them, at random times. */
function turn(session: string, start: number, random: () => number, child?: string): Script {
  const events: Script["events"] = []
  const asked: Asked[] = []
  let at = start
  const say = (event: AgentEvent, wait = random() * 3_000) => {
    at += wait
    events.push({ at, event })
  }
  say({ kind: "busy", session }, 0)
  for (let step = 0; step < random() * 5; step++) {
    const kind = random()
    if (kind < 0.3) say({ kind: "busy", session })
    else if (kind < 0.5) {
      say({ kind: "retry", session, attempt: 1, message: "500", quota: false })
      say({ kind: "busy", session })
    } else if (kind < 0.6) {
      say({ kind: "error", session, name: "ContextOverflowError", message: "full" })
      say({ kind: "busy", session }, 5)
    } else {
      const id = `per_${session}_${start}_${step}`
      const where = child && random() < 0.5 ? child : session
      say({ kind: "asked", prompt: "permission", id, session: where })
      if (random() < 0.2) say({ kind: "asked", prompt: "permission", id, session: where }, 0)
      const askedAt = at
      say({ kind: "answered", prompt: "permission", id, session: where }, random() * 15_000)
      asked.push({ id, session: where, askedAt, answeredAt: at })
    }
  }
  if (child) {
    say({ kind: "busy", session: child })
    if (random() < 0.3) say({ kind: "error", session: child, name: "APIError", message: "401" })
    say({ kind: "idle", session: child })
    say({ kind: "idle", session: child }, 0)
  }
  const end = (["done", "error", "abort", "abort-in-retry"] as const)[Math.floor(random() * 4)] ?? "done"
  if (end === "error") say({ kind: "error", session, name: "APIError", message: "401" })
  if (end === "abort") say({ kind: "stopped", session })
  if (end === "abort-in-retry") say({ kind: "retry", session, attempt: 1, message: "500", quota: false })
  say({ kind: "idle", session }, end === "done" || end === "abort-in-retry" ? undefined : 0)
  say({ kind: "idle", session }, 0)
  if (end === "error" || end === "abort") say({ kind: "idle", session }, 30)
  return { events, end, asked, session }
}

function play(scripts: Script[]): Notice[] {
  const core = new Core(RULES)
  const told: Notice[] = []
  const open = new Set<string>()
  const carryOut = (effects: Effect[]): void => {
    for (const effect of effects) {
      if (effect.type === "notify") told.push(effect.notice)
      if (effect.type === "check") carryOut(core.checked(effect.id, open.has(effect.id)))
    }
  }
  // Sorting is stable: each session's events stay in their order, sessions mix.
  const events = scripts.flatMap((script) => script.events).sort((one, other) => one.at - other.at)
  for (const { at, event } of events) {
    for (let due = core.nextDue(); due <= at; due = core.nextDue()) carryOut(core.tick(due))
    if (event.kind === "asked") open.add(event.id)
    if (event.kind === "answered") open.delete(event.id)
    carryOut(core.on(event, at))
  }
  for (let due = core.nextDue(); due < Infinity; due = core.nextDue()) carryOut(core.tick(due))
  carryOut(core.flush())
  return told
}

test("whatever happens side by side: each turn's end once, each open prompt once, nothing else", () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = randomness(seed)
    const scripts: Script[] = []
    for (let index = 0; index < 1 + random() * 4; index++) {
      const session = `ses_${index}`
      const child = random() < 0.4 ? `ses_${index}_child` : undefined
      const first = turn(session, random() * 5_000, random, child)
      const created: Script["events"] = [{ at: -1, event: { kind: "session", session } }]
      if (child) created.push({ at: -1, event: { kind: "session", session: child, parent: session } })
      scripts.push({ ...first, events: [...created, ...first.events] })
      const over = first.events.at(-1)?.at ?? 0
      if (random() < 0.5) scripts.push(turn(session, over + random() * 5_000, random, child))
    }
    const told = play(scripts)
    const ends = (event: string) => told.filter((notice) => notice.event === event).map(({ session }) => session).sort()
    const due = (end: End) => scripts.filter((script) => script.end === end).map(({ session }) => session).sort()
    expect([seed, ends("done")]).toEqual([seed, due("done")])
    expect([seed, ends("error")]).toEqual([seed, due("error")])
    const prompts = told.flatMap(({ request }) => request ?? []).sort()
    const open = scripts.flatMap(({ asked }) => asked.filter((each) => each.answeredAt - each.askedAt > RULES.graceMs))
    expect([seed, prompts]).toEqual([seed, open.map(({ id }) => id).sort()])
    for (const notice of told) expect(notice.root).not.toContain("child")
    expect(told.every(({ event }) => ["done", "error", "permission"].includes(event))).toBe(true)
  }
}, 30_000)

test("a day of use, its clock compressed: what is remembered stays bounded", () => {
  const core = new Core(RULES)
  const random = randomness(1)
  let largest = 0
  let told = 0
  let turns = 0
  for (let at = 0; at < 24 * 3_600_000; at += 5_000) {
    const script = turn(`ses_${turns++}`, at, random)
    for (const { at: when, event } of script.events) {
      told += core.on(event, when).filter(({ type }) => type === "notify").length
      told += core.tick(when).filter(({ type }) => type === "notify").length
    }
    largest = Math.max(largest, core.size)
  }
  expect(turns).toBe(17_280)
  expect(told).toBeGreaterThan(5_000)
  expect(largest).toBeLessThanOrEqual(2_000)
})
