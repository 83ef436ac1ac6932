import { Deadlines } from "./deadlines.ts"
import type { AgentEvent } from "./events.ts"

const MAX_OPEN = 500
const MAX_CLOSED = 500

type Asked = Extract<AgentEvent, { kind: "asked" }>
type State = "waiting" | "checking" | "told"

export interface Prompt extends Asked {
  state: State
}

/** Permissions and questions by their request id: each is told once, and only if it is still open after the grace. */
export class Prompts {
  readonly #open = new Map<string, Prompt>()
  /** When the grace of a request ends. */
  readonly #waiting = new Deadlines()
  /** The requests that were answered lately: an answer can overtake its request. */
  readonly #closed = new Set<string>()
  graceMs: number

  constructor(graceMs: number) {
    this.graceMs = graceMs
  }

  ask(event: Asked, now: number): void {
    if (this.#open.has(event.id) || this.#closed.has(event.id)) return
    dropFirst(this.#open, MAX_OPEN)
    this.#open.set(event.id, { ...event, state: "waiting" })
    this.#waiting.set(event.id, now + this.graceMs)
  }

  /** Given an answered request, return it if a person had been told of it. */
  answer(id: string): Prompt | undefined {
    const prompt = this.#open.get(id)
    this.#open.delete(id)
    this.#waiting.delete(id)
    dropFirst(this.#closed, MAX_CLOSED)
    this.#closed.add(id)
    return prompt?.state === "told" ? prompt : undefined
  }

  /**
   * Forget the requests of a session whose turn is over, and return those that a person had been told of: opencode
   * 1.18.33 reports no answer when a turn is stopped, and goes on listing the request as pending.
   */
  endTurn(session: string): Prompt[] {
    const ended = [...this.#open.values()].filter((prompt) => prompt.session === session)
    return ended.flatMap((prompt) => this.answer(prompt.id) ?? [])
  }

  /** Return the requests whose grace has ended; each is returned once. */
  due(now: number): Prompt[] {
    const due = this.#waiting.take(now).flatMap((id) => this.#open.get(id) ?? [])
    for (const prompt of due) prompt.state = "checking"
    return due
  }

  /** Return the requests that nobody was told of yet, as told: there is no later chance. */
  takeUntold(): Prompt[] {
    const untold = [...this.#open.values()].filter((prompt) => prompt.state !== "told")
    for (const prompt of untold) {
      prompt.state = "told"
      this.#waiting.delete(prompt.id)
    }
    return untold
  }

  /** Given the answer of opencode itself, return the request if a person has to be told of it now. */
  confirm(id: string, pending: boolean): Prompt | undefined {
    const prompt = this.#open.get(id)
    if (prompt?.state !== "checking") return undefined
    if (!pending) {
      this.answer(id)
      return undefined
    }
    prompt.state = "told"
    return prompt
  }

  /** Return a time before which nothing is due. */
  nextDue(): number {
    return this.#waiting.earliest
  }

  get size(): number {
    return this.#open.size + this.#closed.size
  }
}

function dropFirst(collection: { size: number; keys(): Iterator<string>; delete(key: string): unknown }, max: number) {
  if (collection.size < max) return
  const first = collection.keys().next()
  if (!first.done) collection.delete(first.value)
}
