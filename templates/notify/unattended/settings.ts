import { readFileSync } from "node:fs"

/** An ntfy server and topic; `token` wins over `user` and `password`. */
export interface NtfySettings {
  server: string
  topic: string
  token?: string
  user?: string
  password?: string
}

/** What `notify.json` says. An absent key means its default; unknown keys are ignored. */
export interface Settings {
  /** Folder for the loaded mark; default: none, nothing is written. */
  state?: string
  /** Desktop notifications on this machine; default true. */
  desktop: boolean
  /** Push notifications; default: none. */
  ntfy?: NtfySettings
  /** How long a permission or question waits for a quick answer before anybody is told, in seconds; default 6. */
  graceSeconds: number
}

export const DEFAULTS: Settings = { desktop: true, graceSeconds: 6 }

type Json = Record<string, unknown>

function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

function ntfy(value: unknown): NtfySettings | undefined {
  const given = object(value)
  const topic = string(given?.topic)
  if (!given || !topic) return undefined
  return {
    server: string(given.server) ?? "https://ntfy.sh",
    topic,
    token: string(given.token),
    user: string(given.user),
    password: string(given.password),
  }
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 86_400 ? value : undefined
}

/** Given the text of `notify.json`, return the settings. Throw SyntaxError or TypeError if it is no JSON object. */
export function parseSettings(text: string): Settings {
  const given = object(JSON.parse(text))
  if (!given) throw new TypeError("notify.json holds no object")
  return {
    state: string(given.state),
    desktop: typeof given.desktop === "boolean" ? given.desktop : DEFAULTS.desktop,
    ntfy: ntfy(given.ntfy),
    graceSeconds: seconds(given.graceSeconds) ?? DEFAULTS.graceSeconds,
  }
}

/** Return the settings that lie beside these modules, or the defaults if they cannot be read. */
export function readSettings(file: URL = new URL("./notify.json", import.meta.url)): Settings {
  try {
    return parseSettings(readFileSync(file, "utf8"))
  } catch {
    return DEFAULTS
  }
}
