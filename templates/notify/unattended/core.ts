import type { AgentEvent, Effect, Notice } from "./events.ts"
import { type Prompt, Prompts } from "./prompts.ts"
import { type SessionRules, Sessions } from "./sessions.ts"

const ENDS_TURN = new Set<AgentEvent["kind"]>(["idle", "stopped", "deleted"])

export interface CoreRules extends SessionRules {
  /** How long a permission or question waits for a quick answer before anybody is told, in milliseconds. */
  graceMs: number
}

/** Decides what a person should be told. Knows no clock, no network and no opencode: events and times in, effects out. */
export class Core {
  readonly #sessions: Sessions
  readonly #prompts: Prompts

  constructor(rules: CoreRules) {
    this.#sessions = new Sessions(rules)
    this.#prompts = new Prompts(rules.graceMs)
  }

  /** Use other rules from now on. */
  setRules(rules: CoreRules): void {
    this.#sessions.rules = rules
    this.#prompts.graceMs = rules.graceMs
  }

  on(event: AgentEvent, now: number): Effect[] {
    const ended = ENDS_TURN.has(event.kind) ? this.#prompts.endTurn(event.session).map(clear) : []
    const notice = this.#sessions.on(event, now)
    if (notice) return [...ended, notify(notice)]
    switch (event.kind) {
      case "asked":
        this.#prompts.ask(event, now)
        return this.#lookup(event.session)
      case "answered": {
        const told = this.#prompts.answer(event.id)
        return told ? [clear(told)] : []
      }
      case "busy":
      case "session":
        return this.#lookup(event.session)
      default:
        return ended
    }
  }

  /** Return what has become due by itself: errors that stayed, endless retries, prompts whose grace has ended. */
  tick(now: number): Effect[] {
    const notices = this.#sessions.due(now).map(notify)
    const checks = this.#prompts.due(now).map(({ prompt, id, session }) => check(prompt, id, session))
    return [...notices, ...checks]
  }

  /** Given what opencode says about a request it was asked for, return the notice if it is still open. */
  checked(id: string, pending: boolean): Effect[] {
    const prompt = this.#prompts.confirm(id, pending)
    return prompt ? [notify(this.#notice(prompt))] : []
  }

  /** Return what must be told now because there is no later: opencode is ending. */
  flush(): Effect[] {
    const errors = this.#sessions.errors(Infinity)
    const prompts = this.#prompts.takeUntold().map((prompt) => this.#notice(prompt))
    return [...errors, ...prompts].map(notify)
  }

  /** Return a time before which `tick` does nothing, in the caller's milliseconds; Infinity if it has nothing to do. */
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
    const { session, id: request, tool, detail } = prompt
    return { event: prompt.prompt, session, ...this.#sessions.root(session), request, tool, detail }
  }
}

function notify(notice: Notice): Effect {
  return { type: "notify", notice }
}

function clear({ id }: Prompt): Effect {
  return { type: "clear", request: id }
}

function check(prompt: "permission" | "question", id: string, session: string): Effect {
  return { type: "check", prompt, id, session }
}
