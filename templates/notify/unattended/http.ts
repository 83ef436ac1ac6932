import { Refused } from "./channel.ts"
import { VERSION } from "./version.ts"

export interface Answer {
  status: number
  ok: boolean
  /** The answer's JSON, or undefined if it holds none. */
  json: Record<string, unknown> | undefined
}

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
  const text = await response.text()
  return { status: response.status, ok: response.ok, json: jsonObject(text) }
}

/** Send JSON to a service whose success is its status. */
export async function deliverJson(...request: Parameters<typeof postJson>): Promise<void> {
  const { ok, status } = await postJson(...request)
  if (!ok) throw new Refused(`HTTP ${status}`, { retry: status === 429 || status >= 500 })
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
