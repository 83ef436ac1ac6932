import type { AgentEvent } from "./events.ts"

const MAX_OPEN = 500
const MAX_CLOSED = 500

type Asked = Extract<AgentEvent, { kind: "asked" }>
type State = "waiting" | "checking" | "told"

export interface Prompt extends Asked {
  state: State
  due: number
}

/** Permissions and questions by their request id: each is told once, and only if it is still open after the grace. */
export class Prompts {
  readonly #open = new Map<string, Prompt>()
  /** The requests that were answered lately: an answer can overtake its request. */
  readonly #closed = new Set<string>()
  readonly #graceMs: number

  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  ask(event: Asked, now: number): void {
    if (this.#open.has(event.id) || this.#closed.has(event.id)) return
    dropFirst(this.#open, MAX_OPEN)
    this.#open.set(event.id, { ...event, state: "waiting", due: now + this.#graceMs })
  }

  /** Given an answered request, return it if a person had been told of it. */
  answer(id: string): Prompt | undefined {
    const prompt = this.#open.get(id)
    this.#open.delete(id)
    dropFirst(this.#closed, MAX_CLOSED)
    this.#closed.add(id)
    return prompt?.state === "told" ? prompt : undefined
  }

  /** Forget the requests of a session whose turn is over: opencode 1.18.33 reports no answer when a turn is stopped. */
  endTurn(session: string): void {
    for (const prompt of [...this.#open.values()]) if (prompt.session === session) this.answer(prompt.id)
  }

  /** Return the requests whose grace has ended; each is returned once. */
  due(now: number): Prompt[] {
    const due = [...this.#open.values()].filter((prompt) => prompt.state === "waiting" && prompt.due <= now)
    for (const prompt of due) prompt.state = "checking"
    return due
  }

  /** Return the requests that nobody was told of yet, as told: there is no later chance. */
  takeUntold(): Prompt[] {
    const untold = [...this.#open.values()].filter((prompt) => prompt.state !== "told")
    for (const prompt of untold) prompt.state = "told"
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

  nextDue(): number {
    let next = Infinity
    for (const prompt of this.#open.values()) if (prompt.state === "waiting") next = Math.min(next, prompt.due)
    return next
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
