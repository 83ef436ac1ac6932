import { readFileSync, statSync } from "node:fs"
import { parseSettings } from "./parse.ts"
import { DEFAULTS, type Settings } from "./settings.ts"

const MISSING = "missing"

/** `notify.json` beside these modules, read again when it has changed: opencode need not be restarted. */
export class SettingsFile {
  readonly #file: URL
  #seen = ""
  #settings: Settings = DEFAULTS
  #problem: string | undefined

  constructor(file: URL = new URL("./notify.json", import.meta.url)) {
    this.#file = file
  }

  /** Return the settings, or the last good ones, at first the defaults, while the file cannot be read. */
  get current(): Settings {
    const seen = this.#stamp()
    if (seen === this.#seen) return this.#settings
    this.#seen = seen
    try {
      this.#settings = parseSettings(readFileSync(this.#file, "utf8"))
      this.#problem = undefined
    } catch (reason) {
      // A file that is not there is the defaults, nothing to complain of.
      this.#problem = seen === MISSING ? undefined : String(reason)
    }
    return this.#settings
  }

  /** Return once what is wrong with the file, if something is. */
  takeProblem(): string | undefined {
    const problem = this.#problem
    this.#problem = undefined
    return problem
  }

  #stamp(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.#file)
      return `${mtimeMs} ${size} ${ino}`
    } catch {
      return MISSING
    }
  }
}

/** Return the rules of the core that the settings say. */
export function coreRules({ graceSeconds, stuck }: Settings) {
  return { graceMs: graceSeconds * 1_000, stuckMs: stuck.minutes * 60_000, stuckAttempts: stuck.attempts }
}
