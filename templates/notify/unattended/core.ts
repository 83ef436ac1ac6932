import type { AgentEvent, Effect, Notice } from "./events.ts"
import { Prompts, type Prompt } from "./prompts.ts"
import { Sessions } from "./sessions.ts"

const ENDS_TURN = new Set<AgentEvent["kind"]>(["idle", "stopped", "deleted"])

export interface CoreRules {
  /** How long a permission or question waits for a quick answer before anybody is told, in milliseconds. */
  graceMs: number
}

/** Decides what a person should be told. Knows no clock, no network and no opencode: events and times in, effects out. */
export class Core {
  readonly #sessions = new Sessions()
  readonly #prompts: Prompts

  constructor(rules: CoreRules) {
    this.#prompts = new Prompts(rules.graceMs)
  }

  on(event: AgentEvent, now: number): Effect[] {
    if (ENDS_TURN.has(event.kind)) this.#prompts.endTurn(event.session)
    const notice = this.#sessions.on(event, now)
    if (notice) return [{ type: "notify", notice }]
    switch (event.kind) {
      case "asked":
        this.#prompts.ask(event, now)
        return this.#lookup(event.session)
      case "answered":
        this.#prompts.answer(event.id)
        return []
      case "busy":
      case "session":
        return this.#lookup(event.session)
      default:
        return []
    }
  }

  /** Return what has become due by itself: errors that stayed, and prompts whose grace has ended. */
  tick(now: number): Effect[] {
    const errors = this.#sessions.due(now).map(notify)
    const checks = this.#prompts.due(now).map(({ prompt, id, session }) => check(prompt, id, session))
    return [...errors, ...checks]
  }

  /** Given what opencode says about a request it was asked for, return the notice if it is still open. */
  checked(id: string, pending: boolean): Effect[] {
    const prompt = this.#prompts.confirm(id, pending)
    return prompt ? [notify(this.#notice(prompt))] : []
  }

  /** Return what must be told now because there is no later: opencode is ending. */
  flush(): Effect[] {
    const errors = this.#sessions.due(Infinity)
    const prompts = this.#prompts.takeUntold().map((prompt) => this.#notice(prompt))
    return [...errors, ...prompts].map(notify)
  }

  /** The time of the next `tick` that does something, in the caller's milliseconds; Infinity for none. */
  nextDue(): number {
    return Math.min(this.#sessions.nextDue(), this.#prompts.nextDue())
  }

  /** How many sessions and requests are remembered. */
  get size(): number {
    return this.#sessions.size + this.#prompts.size
  }

  #lookup(session: string): Effect[] {
    const ids = [session, this.#sessions.parent(session)]
    return ids.flatMap((id) => (id !== undefined && this.#sessions.mustAsk(id) ? [{ type: "lookup", session: id }] : []))
  }

  #notice(prompt: Prompt): Notice {
    const root = this.#sessions.root(prompt.session)
    return {
      event: prompt.prompt,
      session: prompt.session,
      root: root.id,
      title: root.title,
      request: prompt.id,
      tool: prompt.tool,
      detail: prompt.detail,
    }
  }
}

function notify(notice: Notice): Effect {
  return { type: "notify", notice }
}

function check(prompt: "permission" | "question", id: string, session: string): Effect {
  return { type: "check", prompt, id, session }
}
