import { type Channel, Refused } from "./channel.ts"
import { channelsOf, secretsOf } from "./channels.ts"
import { Deliveries, withRetry } from "./deliveries.ts"
import { late, together } from "./digest.ts"
import type { Notice } from "./events.ts"
import { firstToday } from "./files.ts"
import { WORDS } from "./languages.ts"
import { Log } from "./log.ts"
import { BurstGate, judge } from "./rules.ts"
import { scrub } from "./scrub.ts"
import type { Settings } from "./settings.ts"
import { Spool } from "./spool.ts"
import { type Message, word } from "./wording.ts"

const GATHER_MS = 10_000
const KEPT_FIRST_WAIT_MS = 15_000
const KEPT_WAIT_MS = 60_000
const KEPT_MAX_WAIT_MS = 30 * 60_000

/** Where a notice comes from, in the words of a notification. */
export interface Place {
  project: string
  click?: string
}

/** One channel with what it has in hand. */
interface Line {
  channel: Channel
  gate: BurstGate
  /** Messages that came too fast, to be sent together. */
  gathered: Message[]
}

/** Puts notices into words for each channel and sees to it that they get there. */
export class Outbox {
  readonly #deliveries = new Deliveries()
  /** The deliveries under way by channel and subject: what is taken back must have been sent before. */
  readonly #sending = new Map<string, Promise<void>>()
  readonly #complained = new Set<string>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #settings: Settings
  #lines: Line[] = []
  #spool = new Spool(undefined)
  #log = new Log(undefined)
  #secrets: string[] = []
  #keptWaitMs = KEPT_WAIT_MS

  constructor(settings: Settings) {
    this.#settings = settings
    this.use(settings)
  }

  /** Send by other settings from now on. */
  use(settings: Settings): void {
    this.gatheredNow()
    this.#settings = settings
    this.#secrets = secretsOf(settings)
    this.#spool = new Spool(settings.state)
    this.#log = new Log(settings.state, (text) => scrub(text, this.#secrets))
    this.#lines = channelsOf(settings).map((channel) => ({ channel, gate: new BurstGate(), gathered: [] }))
  }

  /** Whether some channel says all there is to say. */
  get wantsDetail(): boolean {
    return this.#lines.some(({ channel }) => channel.rules.content === "full")
  }

  tell(notice: Notice, { project, click }: Place, at: number = Date.now()): void {
    for (const line of this.#lines) {
      const verdict = judge(notice, line.channel, this.#settings.quietHours, at)
      if (verdict === "drop") continue
      const { content } = line.channel.rules
      const { language } = this.#settings
      const message = word(notice, at, { project, click, content, language, secrets: this.#secrets })
      if (verdict === "send") this.#send(line, message)
      else this.#hold(line.channel, message, verdict)
    }
  }

  /** Do something first that `drain` waits for as well; it must not reject. */
  first(work: () => Promise<void>): void {
    void this.#deliveries.start(work, () => {})
  }

  /** Take back what was said about a subject. */
  clear(subject: string): void {
    this.#spool.drop(subject)
    for (const { channel } of this.#lines) {
      if (!channel.clear) continue
      const before = this.#sending.get(`${channel.name} ${subject}`)
      const work = async (signal: AbortSignal) => {
        await before
        await channel.clear?.(subject, signal)
      }
      this.#deliveries.start(work, () => {})
    }
  }

  /** Say on the desktop, once a day, that something is wrong with the notifications themselves. */
  complain(about: "settings" | "quota" | "refused", reason: string): void {
    this.#log.write({ what: "settings", reason: `${about}: ${reason}` })
    if (this.#complained.has(about) || !firstToday(this.#settings.state, about)) return
    this.#complained.add(about)
    const { trouble } = WORDS[this.#settings.language]
    const desktop = this.#lines.find(({ channel }) => channel.name === "desktop")
    const message: Message = {
      event: "error",
      title: trouble.title,
      body: trouble[about],
      urgent: false,
      project: "opencode",
      at: Date.now(),
    }
    if (desktop) this.#deliver(desktop.channel, message)
  }

  /** Send what earlier processes had to leave, unless this one ends before it is clear that it will last. */
  sendKeptSoon(): void {
    this.#later(KEPT_FIRST_WAIT_MS, () => this.sendKept())
  }

  /** Send what could not be sent before, and what was held until now. */
  sendKept(): void {
    for (const { channel } of this.#lines) this.#sendKept(channel)
  }

  /** Send what was gathered at once. */
  gatheredNow(): void {
    for (const line of this.#lines) {
      const message = together(line.gathered.splice(0), this.#settings.language)
      if (message) this.#deliver(line.channel, message)
    }
  }

  /** Wait for the deliveries under way, for 5 seconds at most; nothing is sent by itself afterwards. */
  async drain(): Promise<void> {
    this.gatheredNow()
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#deliveries.drain()
  }

  #send(line: Line, message: Message): void {
    const prompt = message.event === "permission" || message.event === "question"
    // A prompt is never put together with others: each needs its own answer.
    if (prompt || line.gate.admit(message.at)) {
      this.#deliver(line.channel, message)
      return
    }
    line.gathered.push(message)
    if (line.gathered.length === 1) this.#later(GATHER_MS, () => this.gatheredNow())
  }

  #hold(channel: Channel, message: Message, until: number): void {
    this.#log.write({ what: "held", event: message.event, channel: channel.name })
    if (!this.#spool.put({ channel: channel.name, message, notBefore: until })) return
    this.#later(until - Date.now() + 1_000, () => this.sendKept())
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, ms)
    // It must not keep a process alive that has nothing else to do.
    timer.unref?.()
    this.#timers.add(timer)
  }

  #deliver(channel: Channel, message: Message): void {
    const key = `${channel.name} ${message.subject}`
    const sent = this.#deliveries.start(
      async (signal) => {
        await withRetry(() => channel.send(message, signal), signal)
        this.#log.write({ what: "sent", event: message.event, channel: channel.name })
        this.#sendKept(channel)
      },
      (reason) => this.#failed(channel, message, reason),
    )
    this.#sending.set(key, sent)
    void sent.then(() => this.#sending.get(key) === sent && this.#sending.delete(key))
  }

  #failed(channel: Channel, message: Message, reason: unknown): void {
    const kept = message.urgent && channel.remote && this.#spool.put({ channel: channel.name, message })
    const entry = { event: message.event, channel: channel.name, reason: String(reason) }
    this.#log.write({ what: kept ? "spooled" : "failed", ...entry })
    if (kept) this.#later(this.#keptWaitMs, () => this.sendKept())
    if (reason instanceof Refused && reason.trouble) this.complain(reason.trouble, String(reason))
  }

  #sendKept(channel: Channel): void {
    const kept = this.#spool.take(channel.name, Date.now()).map(({ message }) => message)
    for (const { message, of } of late(kept, this.#settings.language)) {
      const failed = () => {
        for (const each of of) this.#spool.put({ channel: channel.name, message: each })
        this.#keptWaitMs = Math.min(this.#keptWaitMs * 2, KEPT_MAX_WAIT_MS)
        this.#later(this.#keptWaitMs, () => this.sendKept())
      }
      const work = async (signal: AbortSignal) => {
        await channel.send(message, signal)
        this.#keptWaitMs = KEPT_WAIT_MS
        this.#log.write({ what: "late", event: message.event, channel: channel.name })
      }
      this.#deliveries.start(work, failed)
    }
  }
}
