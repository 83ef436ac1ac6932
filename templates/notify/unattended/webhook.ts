import type { Channel } from "./channel.ts"
import { deliverJson } from "./http.ts"
import { object } from "./json.ts"
import type { WebhookSettings } from "./settings.ts"
import type { Message } from "./wording.ts"

const TEMPLATE = {
  event: "{event}",
  project: "{project}",
  title: "{title}",
  body: "{body}",
  click: "{click}",
  at: "{at}",
}

/** Return the channel that sends JSON to any address; placeholders are filled in strings, so the text stays text. */
export function webhookChannel({ url, headers, template, ...rules }: WebhookSettings): Channel {
  return {
    name: "webhook",
    rules,
    remote: true,
    send: (message, signal) => deliverJson(url, fill(template ?? TEMPLATE, values(message)), headers, signal),
  }
}

function values({ event, project, title, body, click, at }: Message): Record<string, string> {
  return { event, project, title, body, click: click ?? "", at: new Date(at).toISOString() }
}

function fill(template: unknown, values: Record<string, string>): unknown {
  if (typeof template === "string") return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
  if (Array.isArray(template)) return template.map((each) => fill(each, values))
  const given = object(template)
  if (!given) return template
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, fill(value, values)]))
}
