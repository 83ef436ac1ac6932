// Sends one test message by each channel named on the command line, and prints how each went, as JSON. It is run by
// `installer test`, never by opencode.
import { channelsOf, secretsOf } from "./channels.ts"
import { scrub } from "./scrub.ts"
import { SettingsFile } from "./settingsfile.ts"
import type { Message } from "./wording.ts"

const PATIENCE_MS = 10_000

const names = process.argv.slice(2)
const settings = new SettingsFile().current
const at = Date.now()
const message: Message = {
  event: "done",
  title: "opencode-unattended",
  body: "Test notification",
  urgent: false,
  project: "test",
  at,
}

const results = await Promise.all(
  channelsOf(settings)
    .filter(({ name }) => names.includes(name))
    .map(async (channel) => {
      const { name } = channel
      try {
        await channel.send(message, AbortSignal.timeout(PATIENCE_MS))
        return { channel: name, milliseconds: Date.now() - at }
      } catch (reason) {
        return { channel: name, error: scrub(String(reason), secretsOf(settings)) }
      }
    }),
)
console.log(JSON.stringify(results))
