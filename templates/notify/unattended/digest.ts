import { WORDS } from "./languages.ts"
import type { Language } from "./settings.ts"
import { cut } from "./cut.ts"
import type { Message } from "./wording.ts"

const BODY_BYTES = 2_400
const MAX_SINGLE = 3

function clock(at: number): string {
  const time = new Date(at)
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`
}

/** Given messages that came too fast, return the one that stands for them. */
export function together(messages: Message[], language: Language): Message | undefined {
  const last = messages.at(-1)
  if (!last) return undefined
  const loudest = messages.find(({ urgent }) => urgent) ?? last
  const title = `opencode · ${WORDS[language].more(messages.length)}`
  const body = cut(messages.map(({ at, title }) => `${clock(at)} ${title}`).join("\n"), BODY_BYTES)
  return { ...loudest, title, body, project: "opencode", at: last.at, click: undefined, subject: undefined }
}

/** A message that is sent late, and the messages it stands for. */
export interface Late {
  message: Message
  of: Message[]
}

/** Given messages that could not be delivered in time, return those to send instead, which say when it was. */
export function late(messages: Message[], language: Language): Late[] {
  const one = messages.length > MAX_SINGLE ? together(messages, language) : undefined
  if (one) return [{ message: { ...one, title: away(messages[0] ?? one, one.title, language) }, of: messages }]
  return messages.map((each) => ({ message: { ...each, title: away(each, each.title, language) }, of: [each] }))
}

function away({ at }: Message, title: string, language: Language): string {
  return `${WORDS[language].away(clock(at))} ${title}`
}
