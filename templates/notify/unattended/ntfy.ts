import { createHash } from "node:crypto"
import { budgetOf } from "./budget.ts"
import { type Channel, Refused } from "./channel.ts"
import { type Answer, postJson, USER_AGENT } from "./http.ts"
import type { NtfySettings } from "./settings.ts"
import type { Message } from "./wording.ts"

// Tags are emoji short codes, priorities are 1 to 5: https://docs.ntfy.sh/publish/
const LOOK: Record<Message["event"], { priority: number; tags: string[] }> = {
  done: { priority: 3, tags: ["white_check_mark"] },
  error: { priority: 4, tags: ["rotating_light"] },
  stuck: { priority: 4, tags: ["hourglass"] },
  permission: { priority: 4, tags: ["lock"] },
  question: { priority: 4, tags: ["question"] },
}
const PAUSE_MS = 10 * 60_000
const DAY_MS = 86_400_000

/** Return the channel that publishes to an ntfy topic: as JSON to the server's root, as headers hold no emoji. */
export function ntfyChannel(settings: NtfySettings, state?: string): Channel {
  const server = settings.server.replace(/\/+$/, "")
  const headers = authorization(settings)
  const budget = budgetOf(server, headers, state)
  /** The subjects whose message the server keeps as a sequence, which can be cleared (ntfy 2.16 and newer). */
  const clearable = new Set<string>()
  /** Until then the server refuses everything. */
  let refusedUntil = 0

  return {
    name: "ntfy",
    rules: settings,
    remote: true,
    sparing: () => budget.sparing(),
    async send(message, signal) {
      if (Date.now() < refusedUntil) throw new Refused("ntfy refused lately", { retry: false })
      const sequence = message.subject && sequenceId(message.subject)
      const answer = await postJson(`${server}/`, body(settings.topic, message, sequence), headers, signal)
      if (!answer.ok || typeof answer.json?.id !== "string") {
        refusedUntil = Date.now() + pause(answer.json?.code)
        throw refused(answer)
      }
      budget.sent()
      if (message.subject && answer.json.sequence_id === sequence) keep(clearable, message.subject)
    },
    async clear(subject, signal) {
      // It costs a message of the quota, so it is the first thing saved.
      if (!clearable.delete(subject) || budget.sparing() || Date.now() < refusedUntil) return
      const url = `${server}/${settings.topic}/${sequenceId(subject)}/clear`
      await fetch(url, { method: "PUT", headers: { "user-agent": USER_AGENT, ...headers }, redirect: "manual", signal })
      budget.sent()
    },
  }
}

function authorization({ token, user, password }: NtfySettings): Record<string, string> {
  if (token) return { authorization: `Bearer ${token}` }
  if (user === undefined || password === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }
}

function body(topic: string, { event, title, body, click }: Message, sequence: string | undefined): object {
  return { topic, title, message: body, ...LOOK[event], click, sequence_id: sequence }
}

// Readers of the topic see it: opencode's own ids stay here.
function sequenceId(subject: string): string {
  return `oc-${createHash("sha256").update(subject).digest("hex").slice(0, 16)}`
}

function keep(subjects: Set<string>, subject: string): void {
  subjects.add(subject)
  const [oldest] = subjects
  if (subjects.size > 200 && oldest !== undefined) subjects.delete(oldest)
}

/** Given the code of a refusal, return how long nothing more is sent, in milliseconds. */
function pause(code: unknown): number {
  // The day's quota comes back at 00:00 UTC.
  if (code === 42908) return DAY_MS - (Date.now() % DAY_MS)
  // Too many wrong log-ins: going on would lock the address out.
  return code === 42909 ? PAUSE_MS : 0
}

/** Given an answer that is no success, return what it means: https://docs.ntfy.sh/publish/, ntfy 2.27's error codes. */
function refused({ status, json }: Answer): Refused {
  const code = typeof json?.code === "number" ? json.code : undefined
  const text = `ntfy answered ${code ?? status}`
  if (code === 42908) return new Refused(text, { retry: false, trouble: "quota" })
  if (code === 42909 || status === 401 || status === 403) return new Refused(text, { retry: false, trouble: "refused" })
  // A success that is no ntfy's comes from something in between, a hotel's log-in page.
  return new Refused(text, { retry: status === 429 || status >= 500 || status < 300 })
}
