import { type Json, choice, choices, number, object, strings, text } from "./json.ts"
import {
  CONTENTS,
  type ChannelRules,
  type Content,
  DEFAULTS,
  EVENTS,
  LANGUAGES,
  type QuietHours,
  type Settings,
} from "./settings.ts"

function rules(given: Json, minSeconds: number, content: Content): ChannelRules {
  return {
    events: choices(given.events, EVENTS) ?? [...EVENTS],
    minSeconds: number(given.minSeconds, 0, 86_400) ?? minSeconds,
    content: choice(given.content, CONTENTS) ?? content,
  }
}

/** Given the value of a channel of this machine, return its rules, or undefined if it is off. */
function local(value: unknown, byDefault: boolean): ChannelRules | undefined {
  const given = object(value)
  const on = given !== undefined || (typeof value === "boolean" ? value : byDefault)
  return on ? rules(given ?? {}, 0, "summary") : undefined
}

const OWN_NAME = /^[a-z0-9-]+$|\.(local|localhost|lan|internal|home\.arpa|ts\.net)$/
const OWN_IP = /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^\[(::1|f[cd][0-9a-f:]*)\]$/

/** Given an address, return what is said there by default: more where it can only be a machine of one's own. */
export function defaultContent(address: string): Content {
  const host = URL.canParse(address) ? new URL(address).hostname : ""
  const own = /^[\d.]+$|^\[/.test(host) ? OWN_IP.test(host) : OWN_NAME.test(host)
  return own ? "summary" : "minimal"
}

/** Given the value of a channel elsewhere, its address and its needed keys, return them, or undefined if one lacks. */
function remote<Key extends string>(value: unknown, address: string | undefined, keys: readonly Key[]) {
  const given = object(value) ?? {}
  const found: Partial<Record<Key, string>> = {}
  for (const key of keys) found[key] = text(given[key])
  if (!address || keys.some((key) => found[key] === undefined)) return undefined
  return { ...(found as Record<Key, string>), ...rules(given, 0, defaultContent(address)) }
}

function ntfy(value: unknown): Settings["ntfy"] {
  const given = object(value) ?? {}
  const server = text(given.server) ?? "https://ntfy.sh"
  const found = remote(value, server, ["topic"])
  return found && { ...found, server, token: text(given.token), user: text(given.user), password: text(given.password) }
}

function discord(value: unknown): Settings["discord"] {
  return remote(value, text(object(value)?.webhook), ["webhook"])
}

function telegram(value: unknown): Settings["telegram"] {
  const given = object(value) ?? {}
  const server = text(given.server) ?? "https://api.telegram.org"
  // Telegram's chat ids are numbers, people write them without quotes.
  const chat = typeof given.chat === "number" ? String(given.chat) : given.chat
  const found = remote({ ...given, chat }, server, ["token", "chat"])
  return found && { ...found, server }
}

function line(value: unknown): Settings["line"] {
  const server = text(object(value)?.server) ?? "https://api.line.me"
  const found = remote(value, server, ["token", "to"])
  return found && { ...found, server }
}

function webhook(value: unknown): Settings["webhook"] {
  const given = object(value) ?? {}
  const found = remote(value, text(given.url), ["url"])
  return found && { ...found, headers: strings(given.headers), template: given.template }
}

function quietHours(value: unknown): QuietHours | undefined {
  const given = object(value) ?? {}
  const [from, to] = [text(given.from), text(given.to)]
  const time = /^([01]\d|2[0-3]):[0-5]\d$/
  return from && to && time.test(from) && time.test(to) && from !== to ? { from, to } : undefined
}

/** Given the text of `notify.json`, return the settings. Throw SyntaxError or TypeError if it is no JSON object. */
export function parseSettings(json: string): Settings {
  const given = object(JSON.parse(json))
  if (!given) throw new TypeError("notify.json holds no object")
  const stuck = object(given.stuck) ?? {}
  const ui = text(given.ui)
  return {
    state: text(given.state),
    language: choice(given.language, LANGUAGES) ?? DEFAULTS.language,
    graceSeconds: number(given.graceSeconds, 0, 3_600) ?? DEFAULTS.graceSeconds,
    stuck: {
      minutes: number(stuck.minutes, 0, 1_440) ?? DEFAULTS.stuck.minutes,
      attempts: number(stuck.attempts, 1, 1_000) ?? DEFAULTS.stuck.attempts,
    },
    quietHours: quietHours(given.quietHours),
    ui: ui && /^https?:/.test(ui) ? ui.replace(/\/+$/, "") : undefined,
    desktop: local(given.desktop, true),
    terminal: local(given.terminal, false),
    ntfy: ntfy(given.ntfy),
    discord: discord(given.discord),
    telegram: telegram(given.telegram),
    line: line(given.line),
    webhook: webhook(given.webhook),
  }
}
