import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { PluginInput } from "@opencode-ai/plugin"

export const TEMPLATES = fileURLToPath(new URL("../../../templates/notify/", import.meta.url))

type Entry = typeof import("../../../templates/notify/plugin/notify.ts")["default"]

/** The plugin as it lies on a person's disk: a copy of the templates, with settings beside the modules. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), "แจ้ง notify "))
  readonly state = join(this.folder, "state")

  constructor(settings: object | string) {
    cpSync(TEMPLATES, this.folder, { recursive: true })
    mkdirSync(this.state, { mode: 0o700 })
    this.write(settings)
  }

  write(settings: object | string): void {
    const given = typeof settings === "string" ? settings : JSON.stringify({ state: this.state, ...settings })
    writeFileSync(join(this.folder, "unattended/notify.json"), given)
  }

  /** Load the entry from one of opencode's two plugin folders. */
  async entry(folder: "plugin" | "plugins" = "plugin"): Promise<Entry> {
    if (folder === "plugins") cpSync(join(this.folder, "plugin"), join(this.folder, "plugins"), { recursive: true })
    return (await import(join(this.folder, folder, "notify.ts"))).default
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What opencode hands to a plugin, as far as ours looks at it. */
export function input(directory: string, pending: () => unknown = () => []): PluginInput {
  const client = {
    _client: { get: async () => ({ data: pending() }) },
    session: { get: async () => ({ error: { name: "NotFoundError" } }) },
  }
  return { client, directory, worktree: "/", project: {}, serverUrl: new URL("http://localhost:4096") } as never
}
