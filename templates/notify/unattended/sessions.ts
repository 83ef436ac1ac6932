import { Deadlines } from "./deadlines.ts"
import type { AgentEvent, Notice } from "./events.ts"

/** How long an error waits to see whether the session goes on after all, in milliseconds. */
export const SETTLE_MS = 2_000
// One failure can be reported several times (opencode 1.18.33: an unknown model, once by the prompt, once by the route).
const SAME_END_MS = 5_000
const MAX_SESSIONS = 1_000
const MAX_DEPTH = 20

/** When a session that keeps trying counts as stuck. */
export interface SessionRules {
  /** After this many tries in a row. */
  stuckAttempts: number
  /** After this time of trying, or when the next try is further away than this, in milliseconds. */
  stuckMs: number
}

interface Session {
  parent?: string
  title?: string
  directory?: string
  /** Set once opencode was asked for, or told us, the session's parent and title. */
  asked: boolean
  phase: "idle" | "busy" | "retry" | "stopped" | "failed"
  busySince?: number
  endedAt?: number
  error?: string
  /** The series of tries under way: when it began, why, and whether a person was told. */
  retries?: { since: number; message: string; told: boolean }
}

/**
 * The sessions of one opencode instance, and the rule that says when a turn is over.
 *
 * A turn is done when its session goes idle while it was busy. It failed when an error came and the session did not go
 * on: opencode 1.18.33 also reports errors that it recovers from (a full context, an attachment it cannot read). It was
 * stopped by a person when opencode says so, or when the session goes idle while it waits for its next try.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  /** When the error of a session is to be told. */
  readonly #errors = new Deadlines()
  /** When a session that waits for its next try counts as stuck. */
  readonly #stuck = new Deadlines()
  rules: SessionRules

  constructor(rules: SessionRules) {
    this.rules = rules
  }

  on(event: AgentEvent, now: number): Notice | undefined {
    if (event.kind === "deleted") {
      this.#forget(event.session)
      return undefined
    }
    const session = this.#entry(event.session)
    switch (event.kind) {
      case "session":
        session.asked = true
        session.parent = event.parent ?? session.parent
        session.title = event.title ?? session.title
        session.directory = event.directory ?? session.directory
        return undefined
      case "busy":
        if (session.phase !== "busy" && session.phase !== "retry") {
          session.busySince = now
          session.retries = undefined
        }
        session.phase = "busy"
        this.#stuck.delete(event.session)
        this.#forgive(event.session, session)
        return undefined
      case "retry":
        return this.#retry(event, session, now)
      case "stopped":
        this.#stop(event.session, session, now)
        return undefined
      case "error":
        this.#hold(event.session, session, event.message, now)
        return undefined
      case "idle":
        return this.#idle(event.session, session, now, event.succeeded ?? session.phase === "busy")
      default:
        return undefined
    }
  }

  /** Return what has become due: errors whose session did not go on, and sessions that tried for too long. */
  due(now: number): Notice[] {
    const stuck = this.#stuck.take(now).flatMap((id) => this.#tellStuck(id, this.#entry(id), now) ?? [])
    return [...this.errors(now), ...stuck]
  }

  /** Return the errors whose session did not go on by the time given. */
  errors(now: number): Notice[] {
    return this.#errors.take(now).flatMap((id) => this.#fail(id, this.#entry(id), now) ?? [])
  }

  /** Return a time before which nothing is due. */
  nextDue(): number {
    return Math.min(this.#errors.earliest, this.#stuck.earliest)
  }

  /** Given a session, return true once, if opencode has to be asked for its parent and title. */
  mustAsk(id: string): boolean {
    const session = this.#entry(id)
    if (session.asked) return false
    session.asked = true
    return true
  }

  parent(id: string): string | undefined {
    return this.#sessions.get(id)?.parent
  }

  /** Given a session, return the one a person started: itself, or the topmost known one above it. */
  root(id: string): Pick<Notice, "root" | "title" | "directory"> {
    let root = id
    for (let depth = 0; depth < MAX_DEPTH; depth++) root = this.parent(root) ?? root
    const { title, directory } = this.#sessions.get(root) ?? {}
    return { root, title, directory: directory ?? this.#sessions.get(id)?.directory }
  }

  get size(): number {
    return this.#sessions.size
  }

  #entry(id: string): Session {
    const session = this.#sessions.get(id) ?? { asked: false, phase: "idle" }
    // The map's order is that of use: what is forgotten is what was quiet for longest.
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    const [oldest] = this.#sessions.size > MAX_SESSIONS ? this.#sessions.keys() : []
    if (oldest !== undefined) this.#forget(oldest)
    return session
  }

  #forget(id: string): void {
    this.#sessions.delete(id)
    this.#errors.delete(id)
    this.#stuck.delete(id)
  }

  #retry(event: Extract<AgentEvent, { kind: "retry" }>, session: Session, now: number): Notice | undefined {
    session.phase = "retry"
    if (!session.retries || event.attempt <= 1) session.retries = { since: now, message: "", told: false }
    session.retries.message = event.message
    const late = session.retries.since + this.rules.stuckMs
    const hopeless = event.quota || (event.next ?? now) - now > this.rules.stuckMs
    if (hopeless || event.attempt >= this.rules.stuckAttempts || now >= late) {
      return this.#tellStuck(event.session, session, now)
    }
    if (!session.retries.told) this.#stuck.set(event.session, late)
    return undefined
  }

  #tellStuck(id: string, session: Session, now: number): Notice | undefined {
    this.#stuck.delete(id)
    if (!session.retries || session.retries.told) return undefined
    session.retries.told = true
    const took = session.busySince === undefined ? undefined : now - session.busySince
    return { event: "stuck", session: id, ...this.root(id), took, detail: session.retries.message }
  }

  #hold(id: string, session: Session, message: string, now: number): void {
    const over = session.phase === "failed" || session.phase === "stopped"
    if (over && now - (session.endedAt ?? 0) < SAME_END_MS) return
    if (session.error !== undefined) return
    session.error = message
    this.#errors.set(id, now + SETTLE_MS)
  }

  #forgive(id: string, session: Session): void {
    session.error = undefined
    this.#errors.delete(id)
  }

  #stop(id: string, session: Session, now: number): void {
    session.phase = "stopped"
    session.endedAt = now
    this.#stuck.delete(id)
    this.#forgive(id, session)
  }

  #idle(id: string, session: Session, now: number, succeeded: boolean): Notice | undefined {
    if (session.error !== undefined) return this.#fail(id, session, now)
    this.#stuck.delete(id)
    if (succeeded) {
      session.phase = "idle"
      return this.#notice("done", id, session, now)
    }
    if (session.phase === "retry") this.#stop(id, session, now)
    return undefined
  }

  #fail(id: string, session: Session, now: number): Notice | undefined {
    const notice = this.#notice("error", id, session, now, session.error)
    session.phase = "failed"
    session.endedAt = now
    this.#forgive(id, session)
    return notice
  }

  #notice(event: "done" | "error", id: string, session: Session, now: number, detail?: string): Notice | undefined {
    const took = session.busySince === undefined ? undefined : now - session.busySince
    session.busySince = undefined
    // A subagent's end is not the end of what the person asked for.
    if (session.parent !== undefined) return undefined
    return { event, session: id, ...this.root(id), took, detail }
  }
}
