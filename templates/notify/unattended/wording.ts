import { cut, visible } from "./cut.ts"
import type { Notice } from "./events.ts"
import { duration, WORDS } from "./languages.ts"
import { scrub } from "./scrub.ts"
import type { Content, EventName, Language } from "./settings.ts"

/** A notification in words, ready for one channel. */
export interface Message {
  event: EventName
  title: string
  body: string
  /** Whether a person has to act: everything but "done". */
  urgent: boolean
  /** The project's name. */
  project: string
  /** When it happened, in Unix milliseconds. */
  at: number
  /** The address that shows the session. */
  click?: string
  /** What it is about: the request of a prompt, else itself. A message sent again is shown once where that is known. */
  subject?: string
}

export interface Wording {
  project: string
  content: Content
  language: Language
  /** Secrets that must not be said, whatever the content. */
  secrets: string[]
  click?: string
}

// The whole JSON of an ntfy message may be 8192 bytes, its text 4096 (https://docs.ntfy.sh/publish/#limitations), and
// quotes and newlines take two bytes there.
const PROJECT_BYTES = 100
const DETAIL_BYTES = 2_400
const LINE_BYTES = 300
// Far more than is shown of a text, so that a secret is whole when it is looked for.
const LOOKED_AT = 10_000

/** Given a notice, return its words. The text is cut last, so that no secret is cut into a shape nobody recognises. */
export function word(notice: Notice, at: number, wording: Wording): Message {
  const { language, click } = wording
  const project = cut(visible(wording.project), PROJECT_BYTES)
  return {
    event: notice.event,
    title: `${project} · ${WORDS[language].what[notice.event]}`,
    body: body(notice, wording),
    urgent: notice.event !== "done",
    project,
    at,
    click,
    subject: notice.request ?? `${notice.session} ${notice.event} ${at}`,
  }
}

function body(notice: Notice, { content, language, secrets }: Wording): string {
  const sentence = WORDS[language].sentence[notice.event]
  if (content === "minimal") return sentence
  const say = (text: string | undefined, bytes: number) =>
    cut(scrub(visible((text ?? "").slice(0, LOOKED_AT)), secrets), bytes)
  const title = say(notice.title, LINE_BYTES).replaceAll("\n", " ")
  const took = (notice.took ?? 0) < 1_000 ? "" : duration(notice.took ?? 0, language)
  const detail = content === "full" ? say(notice.detail, DETAIL_BYTES) : ""
  const line = [say(notice.tool, 60), title || (detail ? "" : sentence), took].filter((part) => part !== "")
  // What matters first: a phone shows about 100 characters.
  return [detail, line.join(" · ")].filter((part) => part !== "").join("\n")
}
