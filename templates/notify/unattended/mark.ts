import { join } from "node:path"
import { replaceFile } from "./files.ts"
import { VERSION } from "./version.ts"

/** Leave a mark in the state folder that opencode has loaded the plugin; a failure is ignored. */
export function leaveMark(state: string | undefined, directory: string, side: "server" | "setup"): void {
  const mark = { version: VERSION, pid: process.pid, directory, side, at: Date.now() }
  if (state) replaceFile(join(state, "loaded.json"), `${JSON.stringify(mark)}\n`)
}
