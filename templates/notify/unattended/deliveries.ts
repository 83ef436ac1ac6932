import { Refused } from "./channel.ts"

/** How long opencode is kept from ending, in milliseconds. */
const DRAIN_MS = 5_000
/** How long one delivery may take, in milliseconds: its failure is still dealt with before opencode ends. */
const DELIVERY_MS = 4_800
const TRIES = 3
const FIRST_WAIT_MS = 300

/** The deliveries under way: opencode does not wait for an event hook, so `opencode run` ends while they are. */
export class Deliveries {
  readonly #pending = new Set<Promise<void>>()

  /**
   * Start a delivery and return a promise that resolves when it is over and never rejects. It is told when its time is
   * up, and its failure is the caller's to hear.
   */
  start(work: (signal: AbortSignal) => Promise<void>, failed: (reason: unknown) => void): Promise<void> {
    const delivery = attempt(work, failed).finally(() => this.#pending.delete(delivery))
    this.#pending.add(delivery)
    return delivery
  }

  /** Wait until nothing is under way, or the time is up. */
  async drain(ms: number = DRAIN_MS): Promise<void> {
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

/** Try until it works, a refusal says that trying cannot help, or the signal aborts; then reject with the last reason. */
export async function withRetry(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (reason) {
      const hopeless = reason instanceof Refused && !reason.retry
      if (hopeless || signal.aborted || tried === TRIES) throw reason
      // Three times longer each time; the jitter keeps several machines from trying at the same moment.
      await pause(FIRST_WAIT_MS * 3 ** (tried - 1) * (0.5 + Math.random()), signal, reason)
    }
  }
}

function pause(ms: number, signal: AbortSignal, reason: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop)
      resolve()
    }, ms)
    signal.addEventListener("abort", stop, { once: true })
  })
}
