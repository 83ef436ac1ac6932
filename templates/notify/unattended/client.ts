import type { PluginInput } from "@opencode-ai/plugin"
import type { Opencode } from "./notifier.ts"
import { realTitle } from "./opencode1.ts"

const ANSWER_MS = 2_000

/** The client that generated calls go through; its types leave it out, and the published calls lack these routes. */
interface Transport {
  get(options: { url: string; signal: AbortSignal }): Promise<{ data?: unknown }>
}

/** Given the client that opencode 1 hands to a plugin, return what the notifier may ask; every answer comes in 2 s. */
export function client(given: PluginInput["client"]): Opencode {
  const { _client: transport } = given as unknown as { _client?: Transport }
  return {
    async session(id) {
      const { data } = await given.session.get({ path: { id }, signal: AbortSignal.timeout(ANSWER_MS) })
      return data && { parent: data.parentID, title: realTitle(data.title), directory: data.directory }
    },
    async pending(prompt, id) {
      const { data } = (await transport?.get({ url: `/${prompt}`, signal: AbortSignal.timeout(ANSWER_MS) })) ?? {}
      return Array.isArray(data) ? data.some((request) => request?.id === id) : undefined
    },
    async lastWords(id) {
      const signal = AbortSignal.timeout(ANSWER_MS)
      const { data } = await given.session.messages({ path: { id }, query: { limit: 5 }, signal })
      const parts = data?.findLast(({ info }) => info.role === "assistant")?.parts ?? []
      return parts.findLast((part) => part.type === "text")?.text
    },
  }
}
