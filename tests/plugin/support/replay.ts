import { Core } from "../../../templates/notify/unattended/core.ts"
import type { Effect, Notice } from "../../../templates/notify/unattended/events.ts"
import { fromOpencode1 } from "../../../templates/notify/unattended/opencode1.ts"

/** A step of a case: at a time in milliseconds, an event comes, or opencode ends. */
export interface Step {
  at: number
  type: string
  properties?: Record<string, unknown>
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
}

/** A step that is no event: opencode ends, and calls `dispose`. */
export const END = "end"

export type Told = Notice & { at: number }

/** Given a case, play its steps through the core in a clock of its own, and return what was told, and when. */
export function replay({ steps, sessions = {}, gone = [] }: Case, graceMs = 6_000): Told[] {
  const core = new Core({ graceMs })
  const told: Told[] = []
  const carryOut = (effects: Effect[], at: number): void => {
    for (const effect of effects) {
      if (effect.type === "notify") told.push({ ...effect.notice, at })
      if (effect.type === "check") carryOut(core.checked(effect.id, !gone.includes(effect.id)), at)
      const found = effect.type === "lookup" ? sessions[effect.session] : undefined
      if (effect.type === "lookup" && found) {
        carryOut(core.on({ kind: "session", session: effect.session, ...found }, at), at)
      }
    }
  }
  const passUntil = (time: number): void => {
    for (let due = core.nextDue(); due <= time && due < Infinity; due = core.nextDue()) carryOut(core.tick(due), due)
  }
  for (const step of steps) {
    passUntil(step.at)
    const event = step.type === END ? undefined : fromOpencode1(step)
    carryOut(step.type === END ? core.flush() : event ? core.on(event, step.at) : [], step.at)
  }
  if (steps.at(-1)?.type !== END) passUntil(Number.MAX_SAFE_INTEGER)
  return told
}
