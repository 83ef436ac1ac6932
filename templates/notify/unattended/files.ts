import { renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

let count = 0

/** Write a file whole or not at all, for its owner only; return whether that worked. */
export function replaceFile(file: string, text: string): boolean {
  const temporary = `${file}.${process.pid}.${count++}.tmp`
  try {
    writeFileSync(temporary, text, { mode: 0o600 })
    renameSync(temporary, file)
    return true
  } catch {
    rmSync(temporary, { force: true })
    return false
  }
}

const DAY_MS = 86_400_000

/** Return whether this is the first time in 24 hours, for all processes that share the state folder. */
export function firstToday(state: string | undefined, what: string): boolean {
  if (!state) return true
  const file = join(state, `${what}.told`)
  const told = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (Date.now() - told < DAY_MS) return false
  replaceFile(file, "")
  return true
}
