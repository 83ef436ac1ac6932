import type { Notice } from "./events.ts"

/** A notification in words, the same for every channel. */
export interface Message {
  event: Notice["event"]
  title: string
  body: string
}

const WHAT: Record<Notice["event"], { title: string; body: string }> = {
  done: { title: "done", body: "The agent has finished." },
  error: { title: "error", body: "The agent stopped with an error." },
  permission: { title: "needs permission", body: "The agent waits for your approval." },
  question: { title: "has a question", body: "The agent waits for your answer." },
}

/** Given a notice and the project's name, return its words: no prompt, path or command is in them. */
export function word(notice: Notice, project: string): Message {
  const { title, body } = WHAT[notice.event]
  return { event: notice.event, title: `${project} · ${title}`, body }
}
