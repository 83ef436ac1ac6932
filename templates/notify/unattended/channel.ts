import type { Message } from "./wording.ts"

/** One way to reach a person. */
export interface Channel {
  name: string
  /** Deliver the message or reject; give up when the signal aborts. */
  send(message: Message, signal: AbortSignal): Promise<void>
}
