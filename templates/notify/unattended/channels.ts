import type { Channel } from "./channel.ts"
import { desktopChannel } from "./desktop.ts"
import { discordChannel } from "./discord.ts"
import { lineChannel } from "./line.ts"
import { ntfyChannel } from "./ntfy.ts"
import type { Settings } from "./settings.ts"
import { telegramChannel } from "./telegram.ts"
import { terminalChannel } from "./terminal.ts"
import { webhookChannel } from "./webhook.ts"

/** Return the channels that the settings name. */
export function channelsOf(settings: Settings): Channel[] {
  const { desktop, terminal, ntfy, discord, telegram, line, webhook, state } = settings
  return [
    desktop && desktopChannel(desktop),
    terminal && terminalChannel(terminal),
    ntfy && ntfyChannel(ntfy, state),
    discord && discordChannel(discord),
    telegram && telegramChannel(telegram),
    line && lineChannel(line),
    webhook && webhookChannel(webhook),
  ].filter((channel) => channel !== undefined)
}

/** Return what must stand in no notification and no log. */
export function secretsOf({ ntfy, discord, telegram, line, webhook }: Settings): string[] {
  const given = [
    ntfy?.topic,
    ntfy?.token,
    ntfy?.password,
    discord?.webhook,
    telegram?.token,
    line?.token,
    webhook?.url,
    ...Object.values(webhook?.headers ?? {}),
    process.env.OPENCODE_SERVER_PASSWORD,
    process.env.OPENCODE_PASSWORD,
  ]
  return given.filter((secret): secret is string => secret !== undefined && secret !== "")
}
