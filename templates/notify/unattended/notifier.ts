import { Core } from "./core.ts"
import type { AgentEvent, Effect, Notice, PromptKind } from "./events.ts"
import { Outbox, type Place } from "./outbox.ts"
import { coreRules, type SettingsFile } from "./settingsfile.ts"

/** What opencode itself is asked. */
export interface Opencode {
  /** Return a session's parent, title and directory, or undefined if that cannot be found out. */
  session(id: string): Promise<{ parent?: string; title?: string; directory?: string } | undefined>
  /** Return whether a request still waits for its answer, or undefined if that cannot be found out. */
  pending(prompt: PromptKind, id: string, session: string): Promise<boolean | undefined>
  /** Return what the agent said last in a session, or undefined if that cannot be found out. */
  lastWords(session: string): Promise<string | undefined>
}

export interface Surroundings {
  settings: SettingsFile
  opencode: Opencode
  /** Return what the place of a notice is called. */
  project: (notice: Notice) => string
  /** The directory of sessions whose own is not known. */
  directory: string
}

/** Connects the core to the clock, to opencode and to the channels. */
export class Notifier {
  readonly #core: Core
  readonly #outbox: Outbox
  readonly #around: Surroundings
  #settings: SettingsFile["current"]
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerDue = Infinity
  #awake = false

  constructor(around: Surroundings) {
    this.#around = around
    this.#settings = around.settings.current
    this.#core = new Core(coreRules(this.#settings))
    this.#outbox = new Outbox(this.#settings)
  }

  on(event: AgentEvent): void {
    if (!this.#awake && event.kind === "busy") {
      // Not earlier: opencode 1.18.33 makes an instance while it ends, and that one must send nothing.
      this.#awake = true
      this.#outbox.sendKeptSoon()
    }
    this.#carryOut(this.#core.on(event, Date.now()))
  }

  /** Tell what is left to tell, and wait for the deliveries under way, for 5 seconds at most. */
  async close(): Promise<void> {
    this.#carryOut(this.#core.flush())
    clearTimeout(this.#timer)
    await this.#outbox.drain()
    clearTimeout(this.#timer)
  }

  #carryOut(effects: Effect[]): void {
    if (effects.length > 0) this.#reread()
    for (const effect of effects) {
      if (effect.type === "notify") this.#tell(effect.notice)
      if (effect.type === "clear") this.#outbox.clear(effect.request)
      if (effect.type === "lookup") void this.#lookup(effect.session)
      if (effect.type === "check") void this.#check(effect.prompt, effect.id, effect.session)
    }
    this.#schedule()
  }

  #reread(): void {
    const { settings } = this.#around
    if (settings.current !== this.#settings) {
      this.#settings = settings.current
      this.#core.setRules(coreRules(this.#settings))
      this.#outbox.use(this.#settings)
    }
    const problem = settings.takeProblem()
    if (problem) this.#outbox.complain("settings", problem)
  }

  #schedule(): void {
    const due = this.#core.nextDue()
    if (due === this.#timerDue) return
    clearTimeout(this.#timer)
    this.#timerDue = due
    if (due === Infinity) return
    const ring = () => {
      this.#timerDue = Infinity
      this.#carryOut(this.#core.tick(Date.now()))
    }
    this.#timer = setTimeout(ring, Math.max(0, due - Date.now()))
    // Waiting for a grace to end must not keep a process alive that has nothing else to do.
    this.#timer.unref?.()
  }

  #tell(notice: Notice): void {
    const place = this.#place(notice)
    if (notice.event !== "done" || !this.#outbox.wantsDetail) {
      this.#outbox.tell(notice, place)
      return
    }
    this.#outbox.first(() => this.#tellLastWords(notice, place))
  }

  async #tellLastWords(notice: Notice, place: Place): Promise<void> {
    const at = Date.now()
    try {
      notice.detail = await this.#around.opencode.lastWords(notice.session)
    } catch {
      // Then it is told without.
    }
    this.#outbox.tell(notice, place, at)
  }

  #place(notice: Notice): Place {
    const directory = Buffer.from(notice.directory ?? this.#around.directory).toString("base64url")
    const click = this.#settings.ui && `${this.#settings.ui}/${directory}/session/${notice.root}`
    return { project: this.#around.project(notice), click }
  }

  async #lookup(session: string): Promise<void> {
    try {
      const found = await this.#around.opencode.session(session)
      if (found) this.on({ kind: "session", session, ...found })
    } catch {
      // Without an answer the session counts as one that a person started.
    }
  }

  async #check(prompt: PromptKind, id: string, session: string): Promise<void> {
    let pending: boolean | undefined
    try {
      pending = await this.#around.opencode.pending(prompt, id, session)
    } catch {
      // Told once too often is better than not told: see below.
    }
    this.#carryOut(this.#core.checked(id, pending ?? true))
  }
}
