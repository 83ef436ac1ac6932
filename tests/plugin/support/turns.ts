import type { AgentEvent } from "../../../templates/notify/unattended/events.ts"

/** Return a source of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
export function randomness(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type End = "done" | "error" | "abort" | "abort-in-retry"
type Asked = { id: string; session: string; askedAt: number; answeredAt: number }
export type Script = { events: Array<{ at: number; event: AgentEvent }>; end: End; asked: Asked[]; session: string }

/** Write the events of one turn in one session, as opencode 1.18.33 sends them, at random times. */
export function turn(session: string, start: number, random: () => number, child?: string): Script {
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
