interface Sent {
  id: string
  created: number
  type: string
  data: Record<string, unknown>
  location?: { directory: string }
}

type Listener = { next(event: Sent): void; fail(): void }

/**
 * A stand-in for opencode 2 as its plugin documentation describes it: each location has a context of its own, each
 * context receives the events of all, and they come only as an async iterable.
 */
export class Opencode2 {
  readonly sessions = new Map<string, { parentID?: string; title?: string; location?: { directory: string } }>()
  readonly pending: Array<{ id: string; sessionID: string }> = []
  readonly shellHooks: Array<(event: { env?: Record<string, string> }) => void> = []
  readonly sent: Sent[] = []
  subscriptions = 0
  readonly #listeners = new Set<Listener>()

  context(directory: string) {
    return {
      app: { version: "2.3.2" },
      options: {},
      location: { directory, project: { id: "p" } },
      event: { subscribe: ({ signal }: { signal?: AbortSignal } = {}) => this.#stream(signal) },
      session: {
        get: async ({ sessionID }: { sessionID: string }) => {
          const found = this.sessions.get(sessionID)
          if (!found) throw new Error("Session.NotFoundError")
          return { id: sessionID, ...found }
        },
      },
      permission: {
        list: async ({ sessionID }: { sessionID: string }) =>
          this.pending.filter((request) => request.sessionID === sessionID),
      },
      shell: {
        hook: (name: string, handler: (event: { env?: Record<string, string> }) => void) => {
          if (name === "create.before") this.shellHooks.push(handler)
        },
      },
    }
  }

  publish(type: string, data: Record<string, unknown>, directory?: string, created = Date.now()): Sent {
    const location = directory === undefined ? undefined : { directory }
    const event = { id: `evt_${this.sent.length}`, created, type, data, location }
    this.sent.push(event)
    this.send(event)
    return event
  }

  /** Send an event that may have been sent before. */
  send(event: unknown): void {
    for (const listener of this.#listeners) listener.next(event as Sent)
  }

  /** Break every stream, as a lost connection does. */
  breakStreams(): void {
    for (const listener of [...this.#listeners]) listener.fail()
  }

  get listening(): number {
    return this.#listeners.size
  }

  async *#stream(signal?: AbortSignal): AsyncGenerator<Sent> {
    this.subscriptions++
    const queue: Sent[] = []
    let broken = false
    let wake = () => {}
    const listener: Listener = {
      next: (event) => {
        queue.push(event)
        wake()
      },
      fail: () => {
        broken = true
        wake()
      },
    }
    this.#listeners.add(listener)
    signal?.addEventListener("abort", () => wake())
    try {
      while (!signal?.aborted) {
        if (queue.length > 0) yield queue.shift() as Sent
        else if (broken) throw new Error("stream broken")
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }
}
