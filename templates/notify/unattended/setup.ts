import { basename } from "node:path"
import { blankSecrets, bypassProxyForLoopback, hideSecrets } from "./environment.ts"
import { object, text } from "./json.ts"
import { leaveMark } from "./mark.ts"
import { Notifier, type Opencode } from "./notifier.ts"
import { type Envelope, envelope, fromOpencode2 } from "./opencode2.ts"
import { SettingsFile } from "./settingsfile.ts"

/** The part of opencode 2's plugin context that we use; nothing of it is taken for granted. */
interface Context {
  location?: { directory?: string }
  event: { subscribe(options?: { signal?: AbortSignal }): AsyncIterable<unknown> }
  session?: { get?(input: { sessionID: string }): Promise<unknown> }
  permission?: { list?(input: { sessionID: string }): Promise<unknown> }
  shell?: { hook?(name: string, handler: (event: { env?: Record<string, string> }) => void): unknown }
}

type Cleanup = () => Promise<void>

/** How long the plugin's questions to opencode may take, in milliseconds. */
const ANSWER_MS = 2_000
/** Events older than the plugin by more than this are a replay of what was told before, in milliseconds. */
const REPLAY_MS = 5_000
const MAX_SEEN = 10_000
const MAX_WAIT_MS = 30_000

/** What the instances of all directories of one process share: each of them receives every event of the process. */
interface Shared {
  notifier: Notifier
  seen: Set<string>
  users: Set<Context>
  since: number
}

const SHARED = Symbol.for("opencode-unattended.opencode2")
const global = globalThis as { [SHARED]?: Shared }

/** Given the URL of the entry, return the side of the plugin that opencode 2 calls; it never rejects. */
export function setup(_entry: string): (context: unknown) => Promise<Cleanup | undefined> {
  return async (context) => {
    try {
      // opencode 1.18.33 calls setup() too, without events: there server() does the work.
      return usable(context) ? start(context) : undefined
    } catch {
      return undefined
    }
  }
}

function usable(context: unknown): context is Context {
  return typeof object(object(context)?.event)?.subscribe === "function"
}

function start(context: Context): Cleanup {
  hideSecrets()
  bypassProxyForLoopback()
  hideFromShell(context)
  const directory = text(context.location?.directory) ?? process.cwd()
  const settings = new SettingsFile()
  leaveMark(settings.current.state, directory, "setup")
  const shared = (global[SHARED] ??= share(settings, directory))
  shared.users.add(context)
  const stop = new AbortController()
  void follow(context, shared, stop.signal)
  return async () => {
    stop.abort()
    shared.users.delete(context)
    if (shared.users.size > 0) return
    if (global[SHARED] === shared) delete global[SHARED]
    await shared.notifier.close()
  }
}

function share(settings: SettingsFile, directory: string): Shared {
  const users = new Set<Context>()
  const name = (where: string) => basename(where) || "opencode"
  const notifier = new Notifier({
    settings,
    directory,
    project: (notice) => name(notice.directory ?? directory),
    opencode: ask(users),
  })
  return { notifier, seen: new Set(), users, since: Date.now() }
}

/** Read the stream of events until stopped, and begin anew when it breaks. */
async function follow(context: Context, shared: Shared, signal: AbortSignal): Promise<void> {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
    try {
      for await (const value of context.event.subscribe({ signal })) {
        if (signal.aborted) return
        wait = 500
        take(shared, envelope(value))
      }
    } catch {
      // A broken stream is begun anew; what it repeats is known by its id.
    }
    if (!signal.aborted) await sleep(wait, signal)
  }
}

function take(shared: Shared, event: Envelope | undefined): void {
  if (!event || shared.seen.has(event.id)) return
  shared.seen.add(event.id)
  const [oldest] = shared.seen
  if (shared.seen.size > MAX_SEEN && oldest !== undefined) shared.seen.delete(oldest)
  const replayed = event.created !== undefined && event.created < shared.since - REPLAY_MS
  for (const meaning of fromOpencode2(event)) if (!replayed || meaning.kind === "session") shared.notifier.on(meaning)
}

/** Return what the notifier may ask, of whichever instance is there. */
function ask(users: Set<Context>): Opencode {
  const asked = async (question: (context: Context) => Promise<unknown> | undefined) => {
    const [context] = users
    const answer = context && question(context)
    const limit = AbortSignal.timeout(ANSWER_MS)
    const value = await Promise.race([answer, new Promise((resolve) => limit.addEventListener("abort", resolve))])
    const given = object(value)
    return given && "data" in given ? given.data : value
  }
  return {
    async session(sessionID) {
      const found = object(await asked((context) => context.session?.get?.({ sessionID })))
      if (!found) return undefined
      const directory = text(object(found.location)?.directory) ?? text(found.directory)
      return { parent: text(found.parentID), title: text(found.title), directory }
    },
    async pending(prompt, id, sessionID) {
      // Forms cannot be listed by a plugin; their answers are seen as events.
      if (prompt === "question") return undefined
      const list = await asked((context) => context.permission?.list?.({ sessionID }))
      return Array.isArray(list) ? list.some((each) => object(each)?.id === id) : undefined
    },
    async lastWords() {
      return undefined
    },
  }
}

function hideFromShell({ shell }: Context): void {
  try {
    shell?.hook?.("create.before", (event) => {
      if (event.env) blankSecrets(event.env)
    })
  } catch {
    // Without the hook the environment is still hidden from copies of it.
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    timer.unref?.()
    signal.addEventListener("abort", wake, { once: true })
  })
}
