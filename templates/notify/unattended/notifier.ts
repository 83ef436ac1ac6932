import type { Channel } from "./channel.ts"
import { Core, type CoreRules } from "./core.ts"
import { Deliveries } from "./deliveries.ts"
import type { AgentEvent, Effect, Notice, PromptKind } from "./events.ts"
import { word } from "./wording.ts"

/** What opencode itself is asked. */
export interface Opencode {
  /** Return a session's parent and title, or undefined if that cannot be found out. */
  session(id: string): Promise<{ parent?: string; title?: string } | undefined>
  /** Return whether a request still waits for its answer, or undefined if that cannot be found out. */
  pending(prompt: PromptKind, id: string, session: string): Promise<boolean | undefined>
}

export interface Surroundings {
  rules: CoreRules
  project: string
  channels: Channel[]
  opencode: Opencode
}

/** Connects the core to the clock, to opencode and to the channels. */
export class Notifier {
  readonly #core: Core
  readonly #project: string
  readonly #channels: Channel[]
  readonly #opencode: Opencode
  readonly #deliveries = new Deliveries()
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerDue = Infinity

  constructor({ rules, project, channels, opencode }: Surroundings) {
    this.#core = new Core(rules)
    this.#project = project
    this.#channels = channels
    this.#opencode = opencode
  }

  on(event: AgentEvent): void {
    this.#carryOut(this.#core.on(event, Date.now()))
  }

  /** Tell what is left to tell, and wait for the deliveries under way, for 5 seconds at most. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    for (const effect of this.#core.flush()) if (effect.type === "notify") this.#send(effect.notice)
    await this.#deliveries.drain()
    clearTimeout(this.#timer)
  }

  #carryOut(effects: Effect[]): void {
    for (const effect of effects) {
      if (effect.type === "notify") this.#send(effect.notice)
      if (effect.type === "lookup") void this.#lookup(effect.session)
      if (effect.type === "check") void this.#check(effect.prompt, effect.id, effect.session)
    }
    this.#schedule()
  }

  #schedule(): void {
    const due = this.#core.nextDue()
    if (due === this.#timerDue) return
    clearTimeout(this.#timer)
    this.#timerDue = due
    if (due === Infinity) return
    this.#timer = setTimeout(() => {
      this.#timerDue = Infinity
      this.#carryOut(this.#core.tick(Date.now()))
    }, Math.max(0, due - Date.now()))
    // Waiting for a grace to end must not keep a process alive that has nothing else to do.
    this.#timer.unref?.()
  }

  async #lookup(session: string): Promise<void> {
    try {
      const found = await this.#opencode.session(session)
      if (found) this.on({ kind: "session", session, ...found })
    } catch {
      // Without an answer the session counts as one that a person started.
    }
  }

  async #check(prompt: PromptKind, id: string, session: string): Promise<void> {
    let pending: boolean | undefined
    try {
      pending = await this.#opencode.pending(prompt, id, session)
    } catch {
      // Told once too often is better than not told: see below.
    }
    this.#carryOut(this.#core.checked(id, pending ?? true))
  }

  #send(notice: Notice): void {
    const message = word(notice, this.#project)
    for (const channel of this.#channels) {
      this.#deliveries.start((signal) => channel.send(message, signal), () => {})
    }
  }
}
