import { basename } from "node:path"
import type { Hooks, Plugin, PluginInput } from "@opencode-ai/plugin"
import { claim } from "./claim.ts"
import { client } from "./client.ts"
import { blankSecrets, bypassProxyForLoopback, hideSecrets } from "./environment.ts"
import { leaveMark } from "./mark.ts"
import { Notifier } from "./notifier.ts"
import { fromOpencode1 } from "./opencode1.ts"
import { SettingsFile } from "./settingsfile.ts"

function projectName({ worktree, directory }: PluginInput): string {
  // Outside a repository opencode 1.18.33 gives "/" as the worktree.
  return basename(worktree) || basename(directory) || "opencode"
}

function hooks(input: PluginInput, giveBack: () => void): Hooks {
  const settings = new SettingsFile()
  leaveMark(settings.current.state, input.directory, "server")
  const project = projectName(input)
  const { directory } = input
  const notifier = new Notifier({ settings, directory, project: () => project, opencode: client(input.client) })
  return {
    async event({ event }) {
      // A throw from here would keep the event from opencode itself: seen on 1.18.33, `opencode run` never ended.
      try {
        const meaning = fromOpencode1(event)
        if (meaning) notifier.on(meaning)
      } catch {}
    },
    async dispose() {
      try {
        await notifier.close()
      } finally {
        giveBack()
      }
    },
    async "shell.env"(_input, output) {
      blankSecrets(output.env)
    },
  }
}

/** Given the URL of the entry, return the side of the plugin that opencode 1 calls; it never rejects. */
export function server(entry: string): Plugin {
  return async (input) => {
    try {
      hideSecrets()
      bypassProxyForLoopback()
      const giveBack = claim(input.directory, entry)
      return giveBack ? hooks(input, giveBack) : {}
    } catch {
      return {}
    }
  }
}
