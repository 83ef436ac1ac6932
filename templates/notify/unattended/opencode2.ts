import type { AgentEvent } from "./events.ts"
import { type Json, object, text } from "./json.ts"
import { isQuota, realTitle } from "./opencode1.ts"

/** An event as `ctx.event.subscribe()` of opencode 2 yields it; documented for its plugins, not seen by us. */
export interface Envelope {
  id: string
  type: string
  /** Unix milliseconds. */
  created?: number
  data: Json
  directory?: string
}

/** Given what the stream yields, return it as an envelope, or undefined if it is none. */
export function envelope(value: unknown): Envelope | undefined {
  const given = object(value)
  const [id, type] = [text(given?.id), text(given?.type)]
  if (!given || !id || !type) return undefined
  const created = typeof given.created === "number" ? given.created : undefined
  return { id, type, created, data: object(given.data) ?? {}, directory: text(object(given.location)?.directory) }
}

/** Given an event of opencode 2, return what it means, in order; nothing if it means nothing to us. */
export function fromOpencode2({ type, data, directory }: Envelope): AgentEvent[] {
  if (type.startsWith("form.")) return form(type, data)
  const session = text(data.sessionID)
  if (!session) return []
  const error = object(data.error) ?? {}
  const message = text(error.message) ?? text(error.type) ?? ""
  switch (type) {
    case "session.created": {
      const where = text(object(data.location)?.directory) ?? directory
      return [
        { kind: "session", session, parent: text(data.parentID), title: realTitle(data.title), directory: where },
      ]
    }
    case "session.renamed":
      return [{ kind: "session", session, title: realTitle(data.title) }]
    case "session.deleted":
      return [{ kind: "deleted", session }]
    case "session.execution.started":
      return [{ kind: "busy", session }]
    case "session.execution.succeeded":
      return [{ kind: "idle", session, succeeded: true }]
    case "session.execution.failed":
      return [
        { kind: "error", session, name: text(error.type) ?? "unknown", message },
        { kind: "idle", session },
      ]
    case "session.execution.interrupted":
      return [{ kind: "stopped", session }]
    case "session.retry.scheduled":
      return [retry(session, data, message)]
    case "permission.asked":
      return permission(session, data)
    case "permission.replied":
      return answered("permission", session, text(data.requestID))
    default:
      return []
  }
}

function retry(session: string, data: Json, message: string): AgentEvent {
  const attempt = typeof data.attempt === "number" ? data.attempt : 1
  const next = typeof data.at === "number" ? data.at : undefined
  return { kind: "retry", session, attempt, message, next, quota: isQuota(message) }
}

function permission(session: string, data: Json): AgentEvent[] {
  const id = text(data.id)
  if (!id) return []
  const resources = Array.isArray(data.resources) ? data.resources.filter((each) => typeof each === "string") : []
  const detail = text(object(data.metadata)?.command) ?? text(resources.join(", "))
  return [{ kind: "asked", prompt: "permission", id, session, tool: text(data.action), detail }]
}

function form(type: string, data: Json): AgentEvent[] {
  const given = object(data.form) ?? data
  const [id, session] = [text(given.id) ?? text(data.formID), text(given.sessionID) ?? text(data.sessionID)]
  if (!id || !session) return []
  if (type !== "form.created") return answered("question", session, id)
  const first = Array.isArray(given.fields) ? object(given.fields[0]) : undefined
  const detail = text(first?.description) ?? text(first?.title) ?? text(given.title)
  return [{ kind: "asked", prompt: "question", id, session, detail }]
}

function answered(prompt: "permission" | "question", session: string, id: string | undefined): AgentEvent[] {
  return id ? [{ kind: "answered", prompt, id, session }] : []
}
