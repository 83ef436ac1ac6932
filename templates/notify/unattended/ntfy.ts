import type { Channel } from "./channel.ts"
import type { NtfySettings } from "./settings.ts"
import { VERSION } from "./version.ts"
import type { Message } from "./wording.ts"

// Tags are emoji short codes, priorities are 1 to 5: https://docs.ntfy.sh/publish/
const LOOK: Record<Message["event"], { priority: number; tags: string[] }> = {
  done: { priority: 3, tags: ["white_check_mark"] },
  error: { priority: 4, tags: ["rotating_light"] },
  permission: { priority: 4, tags: ["lock"] },
  question: { priority: 4, tags: ["question"] },
}

function authorization({ token, user, password }: NtfySettings): string | undefined {
  if (token) return `Bearer ${token}`
  if (user === undefined || password === undefined) return undefined
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
}

/** Return the channel that publishes to an ntfy topic: as JSON to the server's root, as headers hold no emoji. */
export function ntfyChannel(settings: NtfySettings): Channel {
  const root = `${settings.server.replace(/\/+$/, "")}/`
  const login = authorization(settings)
  const headers = {
    "content-type": "application/json",
    "user-agent": `opencode-unattended/${VERSION}`,
    ...(login ? { authorization: login } : {}),
  }
  return {
    name: "ntfy",
    async send({ event, title, body }, signal) {
      const response = await fetch(root, {
        method: "POST",
        headers,
        body: JSON.stringify({ topic: settings.topic, title, message: body, ...LOOK[event] }),
        // A redirect would turn the POST into a GET of the web page, which succeeds.
        redirect: "manual",
        signal,
      })
      if (!response.ok) throw new Error(`ntfy answered ${response.status}`)
    },
  }
}
