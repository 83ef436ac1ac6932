import type { Channel } from "./channel.ts"
import type { Notice } from "./events.ts"
import type { QuietHours } from "./settings.ts"

/** What becomes of a notice on one channel: a number is the time until which it is held, in Unix milliseconds. */
export type Verdict = "send" | "drop" | number

/** Given a notice, a channel and the time, return what becomes of the notice there. */
export function judge(notice: Notice, channel: Channel, quiet: QuietHours | undefined, now: number): Verdict {
  const { events, minSeconds } = channel.rules
  if (!events.includes(notice.event)) return "drop"
  if (notice.event !== "done") return "send"
  // A turn whose beginning nobody saw counts as long.
  if ((notice.took ?? Infinity) < minSeconds * 1_000) return "drop"
  if (channel.sparing?.()) return "drop"
  return quietUntil(quiet, now) ?? "send"
}

/** Given quiet hours and a time, return when they end, if the time lies in them; hours are in local time. */
export function quietUntil(quiet: QuietHours | undefined, now: number): number | undefined {
  if (!quiet) return undefined
  const minutes = new Date(now).getHours() * 60 + new Date(now).getMinutes()
  const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)]
  const within = from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to
  if (!within) return undefined
  const end = new Date(now)
  end.setHours(Math.floor(to / 60), to % 60, 0, 0)
  if (end.getTime() <= now) end.setDate(end.getDate() + 1)
  return end.getTime()
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}

const BURST = 20
const BURST_MS = 10_000

/** Lets 20 messages through in 10 seconds, the rest is to be put together. */
export class BurstGate {
  #times: number[] = []

  admit(now: number): boolean {
    this.#times = this.#times.filter((time) => time > now - BURST_MS)
    if (this.#times.length >= BURST) return false
    this.#times.push(now)
    return true
  }
}
