import { Refused } from "./channel.ts"
import { VERSION } from "./version.ts"

export interface Answer {
  status: number
  ok: boolean
  /** The answer's JSON, or undefined if it holds none. */
  json: Record<string, unknown> | undefined
}

const LARGEST_ANSWER = 64 * 1024

export const USER_AGENT = `opencode-unattended/${VERSION}`

/** Send JSON and return the answer, whatever its status; reject if none comes. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": USER_AGENT, ...headers },
    body: JSON.stringify(body),
    // A redirect would turn the POST into a GET of some page, which succeeds.
    redirect: "manual",
    signal,
  })
  return { status: response.status, ok: response.ok, json: await jsonOf(response) }
}

/** Send JSON to a service whose success is its status. */
export async function deliverJson(...request: Parameters<typeof postJson>): Promise<void> {
  const { ok, status } = await postJson(...request)
  if (!ok) throw new Refused(`HTTP ${status}`, { retry: status === 429 || status >= 500 })
}

/** Return the JSON object an answer holds, if it does and is no longer than any that is meant for us. */
export async function jsonOf(response: Response): Promise<Record<string, unknown> | undefined> {
  // An endless answer would fill opencode's memory.
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > LARGEST_ANSWER) return undefined
    parts.push(part)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString())
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
