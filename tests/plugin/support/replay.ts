import { Core } from "../../../templates/notify/unattended/core.ts"
import type { AgentEvent, Effect, Notice } from "../../../templates/notify/unattended/events.ts"
import { fromOpencode1 } from "../../../templates/notify/unattended/opencode1.ts"
import { envelope, fromOpencode2 } from "../../../templates/notify/unattended/opencode2.ts"

/** A step of a case: at a time in milliseconds, an event comes, or opencode ends. */
export interface Step {
  at: number
  type: string
  /** Of an event of opencode 1. */
  properties?: Record<string, unknown>
  /** Of an event of opencode 2. */
  data?: Record<string, unknown>
}

/** One file of `cases/`. */
export interface Case {
  situation: string
  /** What opencode answers when asked for a session; a session that is not here is not found. */
  sessions?: Record<string, { parent?: string; title?: string }>
  /** The requests that opencode does not list as pending when asked for them. */
  gone?: string[]
  steps: Step[]
  expect: Array<Partial<Notice> & { at: number }>
  /** The requests whose notification is taken back. */
  cleared?: string[]
}

/** A step that is no event: opencode ends, and calls `dispose`. */
export const END = "end"

export type Told = Notice & { at: number }

/** What `CoreRules` are by default. */
export const RULES = { graceMs: 6_000, stuckMs: 120_000, stuckAttempts: 6 }

const MAX_STEPS = 10_000

/** Yield each time until the given one at which the core has something to do; throw if its ticks lead nowhere. */
export function* dueTimes(core: Core, until: number = Number.MAX_SAFE_INTEGER): Generator<number> {
  for (let step = 0; core.nextDue() <= until; step++) {
    if (step === MAX_STEPS) throw new Error(`still due at ${core.nextDue()} after ${MAX_STEPS} ticks`)
    yield core.nextDue()
  }
}

/** Given a case, play its steps through the core in a clock of its own: what was told and when, and taken back. */
export function replay({ steps, sessions = {}, gone = [] }: Omit<Case, "expect" | "situation">) {
  const core = new Core(RULES)
  const told: Told[] = []
  const cleared: string[] = []
  const carryOut = (effects: Effect[], at: number): void => {
    for (const effect of effects) {
      if (effect.type === "notify") told.push({ ...effect.notice, at })
      if (effect.type === "clear") cleared.push(effect.request)
      if (effect.type === "check") carryOut(core.checked(effect.id, !gone.includes(effect.id)), at)
      const found = effect.type === "lookup" ? sessions[effect.session] : undefined
      if (effect.type === "lookup" && found) {
        carryOut(core.on({ kind: "session", session: effect.session, ...found }, at), at)
      }
    }
  }
  const passUntil = (time: number): void => {
    for (const due of dueTimes(core, time)) carryOut(core.tick(due), due)
  }
  for (const step of steps) {
    passUntil(step.at)
    if (step.type === END) carryOut(core.flush(), step.at)
    else for (const event of meaning(step)) carryOut(core.on(event, step.at), step.at)
  }
  if (steps.at(-1)?.type !== END) passUntil(Number.MAX_SAFE_INTEGER)
  return { told, cleared }
}

function meaning(step: Step): AgentEvent[] {
  const second = step.data && envelope({ id: "evt", ...step })
  if (second) return fromOpencode2(second)
  const first = fromOpencode1(step)
  return first ? [first] : []
}
