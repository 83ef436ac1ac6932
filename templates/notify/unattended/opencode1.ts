import type { AgentEvent } from "./events.ts"

/** An event as the `event` hook of opencode 1 receives it; the published types lag behind what is sent (1.18.33). */
export interface RawEvent {
  type: string
  properties?: unknown
}

type Properties = Record<string, unknown>

function record(value: unknown): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

// Every new session is called "New session - <ISO date>", and a child "Child session - …", until it is given a title.
const PLACEHOLDER = /^(New|Child) session - \d{4}-/

/** Given the title of a session, return it unless opencode has not found one yet. */
export function realTitle(title: unknown): string | undefined {
  return typeof title === "string" && title !== "" && !PLACEHOLDER.test(title) ? title : undefined
}

function sessionInfo(info: Properties): AgentEvent | undefined {
  const session = text(info.id)
  if (!session) return undefined
  return { kind: "session", session, parent: text(info.parentID), title: realTitle(info.title), directory: text(info.directory) }
}

/** Given the text of a provider's error, return whether what is used up comes back only after hours, or for money. */
export function isQuota(message: string): boolean {
  return /quota|usage.?limit|insufficient.?(funds|balance|credit)|credit balance|out of credits|billing/i.test(message)
}

function status(session: string, value: Properties): AgentEvent | undefined {
  if (value.type === "busy") return { kind: "busy", session }
  if (value.type === "idle") return { kind: "idle", session }
  if (value.type !== "retry") return undefined
  const attempt = typeof value.attempt === "number" ? value.attempt : 1
  const message = text(value.message) ?? ""
  const next = typeof value.next === "number" ? value.next : undefined
  // opencode 1.18.33 adds an action ("free_tier_limit") where only a person can help.
  return { kind: "retry", session, attempt, message, next, quota: value.action !== undefined || isQuota(message) }
}

function failure(session: string, error: Properties): AgentEvent {
  const name = text(error.name) ?? "UnknownError"
  if (name === "MessageAbortedError") return { kind: "stopped", session }
  return { kind: "error", session, name, message: text(record(error.data).message) ?? name }
}

function asked(prompt: "permission" | "question", session: string, p: Properties): AgentEvent | undefined {
  const id = text(p.id)
  if (!id) return undefined
  if (prompt === "permission") {
    const patterns = Array.isArray(p.patterns) ? p.patterns.filter((each) => typeof each === "string") : []
    const detail = text(record(p.metadata).command) ?? text(patterns.join(", "))
    return { kind: "asked", prompt, id, session, tool: text(p.permission), detail }
  }
  const questions = Array.isArray(p.questions) ? p.questions : []
  return { kind: "asked", prompt, id, session, detail: text(record(questions[0]).question) }
}

/** Given an event of opencode 1 (seen on 1.18.33), return what it means, or undefined if it means nothing to us. */
export function fromOpencode1(event: RawEvent): AgentEvent | undefined {
  const p = record(event.properties)
  if (event.type === "session.created" || event.type === "session.updated") return sessionInfo(record(p.info))
  const session = text(p.sessionID)
  // A plugin or a skill that cannot be loaded is a session.error without a session: no turn failed.
  if (!session) return undefined
  switch (event.type) {
    case "session.status":
      return status(session, record(p.status))
    case "session.idle":
      return { kind: "idle", session }
    case "session.error":
      return failure(session, record(p.error))
    case "session.deleted":
      return { kind: "deleted", session }
    case "permission.asked":
      return asked("permission", session, p)
    case "question.asked":
      return asked("question", session, p)
    case "permission.replied":
    case "question.replied":
    case "question.rejected": {
      const id = text(p.requestID)
      const prompt = event.type === "permission.replied" ? "permission" : "question"
      return id ? { kind: "answered", prompt, id, session } : undefined
    }
    default:
      return undefined
  }
}
