import { basename } from "node:path"
import type { Hooks, Plugin, PluginInput } from "@opencode-ai/plugin"
import type { Channel } from "./channel.ts"
import { claim } from "./claim.ts"
import { client } from "./client.ts"
import { desktopChannel } from "./desktop.ts"
import { blankSecrets, bypassProxyForLoopback, hideSecrets } from "./environment.ts"
import { leaveMark } from "./mark.ts"
import { Notifier } from "./notifier.ts"
import { ntfyChannel } from "./ntfy.ts"
import { fromOpencode1 } from "./opencode1.ts"
import { readSettings, type Settings } from "./settings.ts"

function channelsOf(settings: Settings): Channel[] {
  return [...(settings.desktop ? [desktopChannel()] : []), ...(settings.ntfy ? [ntfyChannel(settings.ntfy)] : [])]
}

function projectName({ worktree, directory }: PluginInput): string {
  // Outside a repository opencode 1.18.33 gives "/" as the worktree.
  return basename(worktree) || basename(directory) || "opencode"
}

function hooks(input: PluginInput, giveBack: () => void): Hooks {
  const settings = readSettings()
  leaveMark(settings.state, input.directory, "server")
  const notifier = new Notifier({
    rules: { graceMs: settings.graceSeconds * 1_000 },
    project: projectName(input),
    channels: channelsOf(settings),
    opencode: client(input.client),
  })
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
