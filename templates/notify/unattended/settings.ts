export const EVENTS = ["done", "error", "stuck", "permission", "question"] as const
export const CONTENTS = ["minimal", "summary", "full"] as const
export const LANGUAGES = ["en", "th"] as const

export type EventName = (typeof EVENTS)[number]
export type Content = (typeof CONTENTS)[number]
export type Language = (typeof LANGUAGES)[number]

/** What can be said of every channel, in the channel's own object. */
export interface ChannelRules {
  /** The events it is sent; default all. */
  events: EventName[]
  /** "done" is sent only of turns that took at least this many seconds; default 0. */
  minSeconds: number
  /**
   * What is said: "minimal" only what happened in which project; "summary" the session's title, the tool and the
   * duration too; "full" also the agent's last words, the command, the question or the error, secrets removed.
   * Default "summary" on this machine and on servers in a private network, else "minimal".
   */
  content: Content
}

/** `ntfy`: a topic on an ntfy server; `token` wins over `user` and `password`. */
export interface NtfySettings extends ChannelRules {
  /** Default "https://ntfy.sh". */
  server: string
  topic: string
  token?: string
  user?: string
  password?: string
}

/** `discord`: a channel's webhook. */
export interface DiscordSettings extends ChannelRules {
  webhook: string
}

/** `telegram`: a bot's token, and the chat it writes to; `server` is that of the Bot API. */
export interface TelegramSettings extends ChannelRules {
  token: string
  chat: string
  /** Default "https://api.telegram.org". */
  server: string
}

/** `line`: a channel access token of the Messaging API, and the user, group or room it writes to. */
export interface LineSettings extends ChannelRules {
  token: string
  to: string
  /** Default "https://api.line.me". */
  server: string
}

/** `webhook`: any address that takes JSON. */
export interface WebhookSettings extends ChannelRules {
  url: string
  /** Default none. */
  headers: Record<string, string>
  /** JSON whose strings may hold {event} {title} {body} {project} {click} {at}; default: an object of these. */
  template?: unknown
}

/** Hours in which "done" is held back, as "HH:MM" in local time; they may span midnight. */
export interface QuietHours {
  from: string
  to: string
}

/** What `notify.json` says. An absent key means its default; unknown keys are ignored. */
export interface Settings {
  /** Folder for the loaded mark, the log and the spool; default: none, and nothing is written. */
  state?: string
  /** Language of what is said; default "en". */
  language: Language
  /** How long a permission or question waits for a quick answer before anybody is told, in seconds; default 6. */
  graceSeconds: number
  /** When a turn that keeps trying counts as stuck: after minutes (default 2), or attempts (default 6). */
  stuck: { minutes: number; attempts: number }
  /** Default: none. */
  quietHours?: QuietHours
  /** Address of opencode's web UI as the phone reaches it: a notification's click opens the session; default none. */
  ui?: string
  /** true, false or an object of rules; default true. */
  desktop?: ChannelRules
  /** Bell and OSC 9/777 sequences on the terminal: true, false or an object of rules; default false. */
  terminal?: ChannelRules
  /** Default of all that follow: none. */
  ntfy?: NtfySettings
  discord?: DiscordSettings
  telegram?: TelegramSettings
  line?: LineSettings
  webhook?: WebhookSettings
}

// opencode 1.18.33 gives up after 5 retries, about 72 s: that is told as an error.
export const DEFAULTS: Settings = {
  language: "en",
  graceSeconds: 6,
  stuck: { minutes: 2, attempts: 6 },
  desktop: { events: [...EVENTS], minSeconds: 0, content: "summary" },
}
