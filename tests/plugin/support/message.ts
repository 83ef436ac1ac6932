import { EVENTS } from "../../../templates/notify/unattended/settings.ts"
import type { Message } from "../../../templates/notify/unattended/wording.ts"

export const RULES = { events: [...EVENTS], minSeconds: 0, content: "summary" as const }

/** Return a message with nasty text in it. */
export function message(changes: Partial<Message> = {}): Message {
  return {
    event: "permission",
    title: `proj · *needs* <b>"permission"</b> $(id) \`x\` 🚀`,
    body: `a_b_ [x](http://y) @everyone\n\\ 'quoted' & ไทย {title}`,
    urgent: true,
    project: "proj",
    at: Date.UTC(2026, 10, 22, 14, 2),
    subject: "per_1",
    ...changes,
  }
}

export function signal(): AbortSignal {
  return AbortSignal.timeout(2_000)
}
