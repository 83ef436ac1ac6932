import type { ChannelRules } from "./settings.ts"
import type { Message } from "./wording.ts"

/** One way to reach a person. */
export interface Channel {
  name: string
  rules: ChannelRules
  /** Whether it leaves this machine: what could not be delivered is then kept for later. */
  remote: boolean
  /** Deliver the message or reject; give up when the signal aborts. */
  send(message: Message, signal: AbortSignal): Promise<void>
  /** Take back the message about this subject, where that is possible. */
  clear?(subject: string, signal: AbortSignal): Promise<void>
  /** Whether messages that can wait should not be sent any more today. */
  sparing?(): boolean
}

/** A channel's refusal. */
export class Refused extends Error {
  /** Whether trying again soon can help. */
  readonly retry: boolean
  /** What a person should be told about the channel itself. */
  readonly trouble?: "quota" | "refused"

  constructor(message: string, { retry, trouble }: { retry: boolean; trouble?: "quota" | "refused" }) {
    super(message)
    this.retry = retry
    this.trouble = trouble
  }
}
