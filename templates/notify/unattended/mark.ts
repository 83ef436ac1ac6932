import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { VERSION } from "./version.ts"

/** Leave a mark in the state folder that opencode has loaded the plugin; a failure is ignored. */
export function leaveMark(state: string | undefined, directory: string, side: "server" | "setup"): void {
  if (!state) return
  const mark = { version: VERSION, pid: process.pid, directory, side, at: Date.now() }
  const temporary = join(state, `loaded.${process.pid}.${mark.at}.tmp`)
  try {
    writeFileSync(temporary, `${JSON.stringify(mark)}\n`, { mode: 0o600 })
    renameSync(temporary, join(state, "loaded.json"))
  } catch {
    rmSync(temporary, { force: true })
  }
}
