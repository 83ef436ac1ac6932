/** What a person may be needed for: opencode asks before a tool runs, or asks something. */
export type PromptKind = "permission" | "question"

/** What happens in opencode, in the terms that opencode 1 and 2 share. */
export type AgentEvent =
  | { kind: "session"; session: string; parent?: string; title?: string; directory?: string }
  | { kind: "deleted"; session: string }
  | { kind: "busy"; session: string }
  /** `next` is the time of the next try in Unix milliseconds; `quota`: it will not help to try again soon. */
  | { kind: "retry"; session: string; attempt: number; message: string; next?: number; quota: boolean }
  /** `succeeded`: opencode says that the turn ended well; opencode 1 does not say it. */
  | { kind: "idle"; session: string; succeeded?: boolean }
  | { kind: "stopped"; session: string }
  | { kind: "error"; session: string; name: string; message: string }
  | { kind: "asked"; prompt: PromptKind; id: string; session: string; tool?: string; detail?: string }
  | { kind: "answered"; prompt: PromptKind; id: string; session: string }

/** Something that a person should be told, before it is put into words. */
export interface Notice {
  event: "done" | "error" | "stuck" | PromptKind
  /** The session it happened in. */
  session: string
  /** The session that a person started, for a subagent's session the one above it. */
  root: string
  /** Title of the root session, if opencode gave one. */
  title?: string
  /** The directory that the session works in, if opencode said so. */
  directory?: string
  /** Milliseconds since the turn began, if its beginning was seen. */
  took?: number
  /** The request id of a permission or question. */
  request?: string
  /** The tool that waits for permission. */
  tool?: string
  /** The command, the question or the error text: may hold secrets. */
  detail?: string
}

/** What the core asks its surroundings to do. */
export type Effect =
  | { type: "notify"; notice: Notice }
  /** A request that a person was told of needs no answer any more. */
  | { type: "clear"; request: string }
  | { type: "lookup"; session: string }
  | { type: "check"; prompt: PromptKind; id: string; session: string }
