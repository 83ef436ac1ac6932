import type { Channel } from "./channel.ts"
import { cut } from "./cut.ts"
import { deliverJson } from "./http.ts"
import type { TelegramSettings } from "./settings.ts"

// The limit is 4096 characters; bytes are never fewer.
const TEXT_BYTES = 4_000

/** Return the channel that writes by a Telegram bot: https://core.telegram.org/bots/api#sendmessage */
export function telegramChannel({ token, chat, server, ...rules }: TelegramSettings): Channel {
  const url = `${server.replace(/\/+$/, "")}/bot${token}/sendMessage`
  return {
    name: "telegram",
    rules,
    remote: true,
    send({ title, body, click, urgent }, signal) {
      const text = cut([title, body, click].filter(Boolean).join("\n"), TEXT_BYTES)
      // Without a parse_mode the text is shown as it is.
      const message = {
        chat_id: chat,
        text,
        disable_notification: !urgent,
        link_preview_options: { is_disabled: true },
      }
      return deliverJson(url, message, {}, signal)
    },
  }
}
