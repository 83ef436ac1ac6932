import type { Channel } from "./channel.ts"
import { cut } from "./cut.ts"
import { deliverJson } from "./http.ts"
import type { DiscordSettings } from "./settings.ts"

const CONTENT_BYTES = 1_900
// Without it a link in the text would be fetched and shown as a card.
const SUPPRESS_EMBEDS = 4

/** Return the channel that writes to a Discord webhook: https://discord.com/developers/docs/resources/webhook */
export function discordChannel(settings: DiscordSettings): Channel {
  return {
    name: "discord",
    rules: settings,
    remote: true,
    send({ title, body, click }, signal) {
      const text = `**${escapeMarkdown(title)}**\n${escapeMarkdown(body)}`
      const content = cut(text, CONTENT_BYTES) + (click ? `\n<${click}>` : "")
      // Nobody is called by an @everyone in a session's title.
      const message = { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS }
      return deliverJson(settings.webhook, message, {}, signal)
    },
  }
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_~|<>[\]()#\-+.!@:]/g, "\\$&")
}
