import { appendFileSync, renameSync, statSync } from "node:fs"
import { join } from "node:path"

const MAX_BYTES = 256 * 1024

/** One line of the log; it holds no text of a notification, and no secret. */
export interface Entry {
  what: "sent" | "failed" | "spooled" | "late" | "held" | "settings"
  event?: string
  channel?: string
  /** Why something failed. */
  reason?: string
}

/** The plugin's own log in the state folder: JSON lines, rotated once at 256 KiB. Nothing is written without a folder. */
export class Log {
  readonly #file: string | undefined
  readonly #redact: (text: string) => string

  constructor(state: string | undefined, redact: (text: string) => string = (text) => text) {
    this.#file = state && join(state, "notify.log")
    this.#redact = redact
  }

  write(entry: Entry): void {
    if (!this.#file) return
    try {
      const line = this.#redact(JSON.stringify({ at: new Date().toISOString(), pid: process.pid, ...entry }))
      this.#rotate(this.#file)
      appendFileSync(this.#file, `${line}\n`, { mode: 0o600 })
    } catch {
      // A full disk must not keep a notification from being sent.
    }
  }

  #rotate(file: string): void {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size > MAX_BYTES) renameSync(file, `${file}.1`)
  }
}
