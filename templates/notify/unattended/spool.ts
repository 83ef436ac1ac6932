import { createHash, randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { replaceFile } from "./files.ts"
import type { Message } from "./wording.ts"

const MAX_ITEMS = 20
const MAX_AGE_MS = 24 * 3_600_000

export interface Spooled {
  channel: string
  message: Message
  /** Not to be sent before this time, in Unix milliseconds. */
  notBefore?: number
}

/**
 * Messages that could not be delivered yet, in the state folder, one file each, so that several processes of opencode
 * can share it: a file belongs to who could rename it. At most 20, the youngest; none older than a day.
 */
export class Spool {
  readonly #folder: string | undefined

  constructor(state: string | undefined) {
    this.#folder = state && join(state, "spool")
  }

  /** Keep a message for later; return whether it could be kept. */
  put(item: Spooled): boolean {
    if (!this.#folder) return false
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      const name = `${String(item.message.at).padStart(15, "0")}-${key(item)}.json`
      const kept = replaceFile(join(this.#folder, name), JSON.stringify(item))
      for (const old of this.#names().slice(0, -MAX_ITEMS)) rmSync(join(this.#folder, old), { force: true })
      return kept
    } catch {
      return false
    }
  }

  /** Take the messages of a channel that may be sent now, the oldest first; those that are too old are dropped. */
  take(channel: string, now: number): Spooled[] {
    return this.#names().flatMap((name) => {
      const item = this.#read(name)
      if (!item || item.message.at < now - MAX_AGE_MS) this.#remove(name)
      if (!item || item.channel !== channel || item.message.at < now - MAX_AGE_MS) return []
      return (item.notBefore ?? 0) <= now && this.#claim(name) ? [item] : []
    })
  }

  /** Drop what is kept about a subject. */
  drop(subject: string): void {
    for (const name of this.#names()) if (this.#read(name)?.message.subject === subject) this.#remove(name)
  }

  #names(): string[] {
    if (!this.#folder) return []
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith(".json")).sort()
    } catch {
      return []
    }
  }

  #read(name: string): Spooled | undefined {
    try {
      const item = JSON.parse(readFileSync(join(this.#folder ?? "", name), "utf8")) as Spooled
      return typeof item.message.title === "string" && typeof item.message.at === "number" ? item : undefined
    } catch {
      return undefined
    }
  }

  #claim(name: string): boolean {
    const file = join(this.#folder ?? "", name)
    const mine = `${file}.${randomUUID()}.tmp`
    try {
      renameSync(file, mine)
      rmSync(mine)
      return true
    } catch {
      return false
    }
  }

  #remove(name: string): void {
    rmSync(join(this.#folder ?? "", name), { force: true })
  }
}

function key({ channel, message }: Spooled): string {
  return createHash("sha256").update(`${channel} ${message.subject} ${message.title}`).digest("hex").slice(0, 12)
}
