import { randomUUID } from "node:crypto"
import { type Channel, Refused } from "./channel.ts"
import { cut } from "./cut.ts"
import { postJson } from "./http.ts"
import type { LineSettings } from "./settings.ts"
import type { Message } from "./wording.ts"

// The limit is 5000 UTF-16 units; bytes are never fewer.
const TEXT_BYTES = 4_800

/** Return the channel that pushes by LINE: https://developers.line.biz/en/reference/messaging-api/#send-push-message */
export function lineChannel({ token, to, server, ...rules }: LineSettings): Channel {
  const url = `${server.replace(/\/+$/, "")}/v2/bot/message/push`
  /** LINE drops a message whose key it has seen: a try whose answer was lost is not shown twice. */
  const keys = new WeakMap<Message, string>()
  return {
    name: "line",
    rules,
    remote: true,
    async send(message, signal) {
      const { title, body, click, urgent } = message
      const key = keys.get(message) ?? randomUUID()
      keys.set(message, key)
      const text = cut([title, body, click].filter(Boolean).join("\n"), TEXT_BYTES)
      const push = { to, messages: [{ type: "text", text }], notificationDisabled: !urgent }
      const headers = { authorization: `Bearer ${token}`, "x-line-retry-key": key }
      const { ok, status } = await postJson(url, push, headers, signal)
      // 409: this key was accepted before. 429 is the month's quota, which no second try brings back.
      if (!ok && status !== 409) throw new Refused(`HTTP ${status}`, { retry: status >= 500 })
    },
  }
}
