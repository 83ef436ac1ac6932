import { renameSync, rmSync, writeFileSync } from "node:fs"

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
