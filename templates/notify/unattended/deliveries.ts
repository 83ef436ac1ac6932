/** How long one delivery, and the wait for all of them when opencode ends, may take, in milliseconds. */
export const DELIVERY_MS = 5_000

/** The deliveries under way: opencode does not wait for an event hook, so `opencode run` ends while they are. */
export class Deliveries {
  readonly #pending = new Set<Promise<void>>()

  /** Start a delivery. It is told when its time is up, and its failure is the caller's to hear, never an exception. */
  start(work: (signal: AbortSignal) => Promise<void>, failed: (reason: unknown) => void): void {
    const delivery = attempt(work, failed).finally(() => this.#pending.delete(delivery))
    this.#pending.add(delivery)
  }

  /** Wait until nothing is under way, or the time is up. */
  async drain(ms: number = DELIVERY_MS): Promise<void> {
    let timeUp = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        timeUp = true
        resolve()
      }, ms)
    })
    while (this.#pending.size > 0 && !timeUp) await Promise.race([Promise.all(this.#pending), end])
    clearTimeout(timer)
  }

  get size(): number {
    return this.#pending.size
  }
}

async function attempt(work: (signal: AbortSignal) => Promise<void>, failed: (reason: unknown) => void): Promise<void> {
  try {
    await work(AbortSignal.timeout(DELIVERY_MS))
  } catch (reason) {
    try {
      failed(reason)
    } catch {
      // A log that cannot be written must not become an unhandled rejection in opencode's process.
    }
  }
}
