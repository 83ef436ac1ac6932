import { readFileSync } from "node:fs"
import { join } from "node:path"
import { replaceFile } from "./files.ts"
import { jsonOf, USER_AGENT } from "./http.ts"

const ASK_EVERY = 10
const ASK_MS = 2_000
const SPARING_FROM = 0.8
const DAY_MS = 86_400_000

interface Day {
  /** Days since 1970 in UTC: the quota begins anew at 00:00 UTC. */
  day: number
  /** The messages of today that the server, or else we, counted. */
  used: number
  /** The messages that the server allows in a day, if it said so. */
  limit?: number
  /** The messages sent since the server was asked. */
  unasked: number
}

/** The daily quota of one ntfy server, which `/v1/account` tells without using it up. */
export class Budget {
  readonly #server: string
  readonly #headers: Record<string, string>
  readonly #file: string | undefined
  #today: Day | undefined

  constructor(server: string, headers: Record<string, string>, state: string | undefined) {
    this.#server = server
    this.#headers = headers
    // Many runs of `opencode run` share a quota: a count in memory alone would begin anew with each.
    this.#file = state && join(state, "ntfy-budget.json")
  }

  /** Return whether so much is used that the rest is kept for what is urgent. */
  sparing(): boolean {
    const { used, limit } = this.#day()
    return limit !== undefined && used >= limit * SPARING_FROM
  }

  /** Count a message, and ask the server now and then. */
  sent(): void {
    const day = this.#day()
    day.used++
    day.unasked++
    this.#save(day)
    if (day.unasked >= ASK_EVERY) void this.#ask()
  }

  #day(): Day {
    const day = Math.floor(Date.now() / DAY_MS)
    this.#today ??= this.#load()
    if (this.#today?.day !== day) this.#today = { day, used: 0, limit: this.#today?.limit, unasked: 0 }
    return this.#today
  }

  async #ask(): Promise<void> {
    const day = this.#day()
    day.unasked = 0
    try {
      const headers = { "user-agent": USER_AGENT, ...this.#headers }
      const response = await fetch(`${this.#server}/v1/account`, {
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(ASK_MS),
      })
      const { limits, stats } = (await jsonOf(response)) as { limits: { messages: number }; stats: { messages: number } }
      if (limits.messages > 0) Object.assign(day, { limit: limits.messages, used: stats.messages })
      this.#save(day)
    } catch {
      // An account that cannot be read has no known limit; refusals tell when it is reached.
    }
  }

  #load(): Day | undefined {
    if (!this.#file) return undefined
    try {
      const found = JSON.parse(readFileSync(this.#file, "utf8")) as Day & { server: string }
      return found.server === this.#server && Number.isInteger(found.used) ? found : undefined
    } catch {
      return undefined
    }
  }

  #save(day: Day): void {
    if (this.#file) replaceFile(this.#file, JSON.stringify({ ...day, server: this.#server }))
  }
}

const budgets = new Map<string, Budget>()

/** Return the budget of a server: one for all directories that this process works in. */
export function budgetOf(server: string, headers: Record<string, string>, state: string | undefined): Budget {
  const found = budgets.get(server) ?? new Budget(server, headers, state)
  budgets.set(server, found)
  return found
}
