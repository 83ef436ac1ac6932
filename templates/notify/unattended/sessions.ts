import type { AgentEvent, Notice } from "./events.ts"

/** How long an error waits to see whether the session goes on after all, in milliseconds. */
export const SETTLE_MS = 2_000
// One failure can be reported several times (opencode 1.18.33: an unknown model, once by the prompt, once by the route).
const SAME_END_MS = 5_000
const MAX_SESSIONS = 1_000
const MAX_DEPTH = 20

interface Session {
  parent?: string
  title?: string
  /** Set once opencode was asked for, or told us, the session's parent and title. */
  asked: boolean
  phase: "idle" | "busy" | "retry" | "stopped" | "failed"
  busySince?: number
  endedAt?: number
  error?: string
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
  /** Sessions whose error waits, with the time when it is to be told. */
  readonly #errors = new Map<string, number>()

  on(event: AgentEvent, now: number): Notice | undefined {
    if (event.kind === "deleted") {
      this.#sessions.delete(event.session)
      this.#errors.delete(event.session)
      return undefined
    }
    const session = this.#entry(event.session)
    switch (event.kind) {
      case "session":
        session.asked = true
        session.parent = event.parent ?? session.parent
        session.title = event.title ?? session.title
        return undefined
      case "busy":
        if (session.phase !== "busy" && session.phase !== "retry") session.busySince = now
        session.phase = "busy"
        this.#forgive(event.session, session)
        return undefined
      case "retry":
        session.phase = "retry"
        return undefined
      case "stopped":
        this.#stop(event.session, session, now)
        return undefined
      case "error":
        this.#hold(event.session, session, event.message, now)
        return undefined
      case "idle":
        return this.#idle(event.session, session, now)
      default:
        return undefined
    }
  }

  /** Return the errors whose session did not go on within the time given to it. */
  due(now: number): Notice[] {
    const late = [...this.#errors].filter(([, due]) => due <= now)
    return late.flatMap(([id]) => this.#fail(id, this.#entry(id), now) ?? [])
  }

  nextDue(): number {
    return Math.min(Infinity, ...this.#errors.values())
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
  root(id: string): { id: string; title?: string } {
    let root = id
    for (let depth = 0; depth < MAX_DEPTH; depth++) root = this.parent(root) ?? root
    return { id: root, title: this.#sessions.get(root)?.title }
  }

  get size(): number {
    return this.#sessions.size
  }

  #entry(id: string): Session {
    const found = this.#sessions.get(id)
    if (found) return found
    if (this.#sessions.size >= MAX_SESSIONS) this.#forgetOne()
    const fresh: Session = { asked: false, phase: "idle" }
    this.#sessions.set(id, fresh)
    return fresh
  }

  #forgetOne(): void {
    const ids = [...this.#sessions.keys()]
    const resting = ids.find((id) => !["busy", "retry"].includes(this.#sessions.get(id)?.phase ?? ""))
    const id = resting ?? ids[0]
    if (id === undefined) return
    this.#sessions.delete(id)
    this.#errors.delete(id)
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
    this.#forgive(id, session)
  }

  #idle(id: string, session: Session, now: number): Notice | undefined {
    if (session.error !== undefined) return this.#fail(id, session, now)
    if (session.phase === "retry") this.#stop(id, session, now)
    if (session.phase !== "busy") return undefined
    session.phase = "idle"
    return this.#notice("done", id, session, now)
  }

  #fail(id: string, session: Session, now: number): Notice | undefined {
    const notice = this.#notice("error", id, session, now, session.error)
    session.phase = "failed"
    session.endedAt = now
    this.#forgive(id, session)
    return notice
  }

  #notice(event: "done" | "error", id: string, session: Session, now: number, detail?: string): Notice | undefined {
    // A subagent's end is not the end of what the person asked for.
    if (session.parent !== undefined) return undefined
    const took = session.busySince === undefined ? undefined : now - session.busySince
    return { event, session: id, root: id, title: session.title, took, detail }
  }
}
