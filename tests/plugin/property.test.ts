import { expect, test } from "bun:test"
import { Core } from "../../templates/notify/unattended/core.ts"
import type { Effect, Notice } from "../../templates/notify/unattended/events.ts"
import { dueTimes, RULES } from "./support/replay.ts"
import { type End, randomness, type Script, turn } from "./support/turns.ts"

const ROUNDS = 3_000

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
    for (const due of dueTimes(core, at)) carryOut(core.tick(due))
    if (event.kind === "asked") open.add(event.id)
    if (event.kind === "answered") open.delete(event.id)
    carryOut(core.on(event, at))
  }
  for (const due of dueTimes(core)) carryOut(core.tick(due))
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
