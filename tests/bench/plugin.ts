// Measures what the notify plugin costs opencode, in the runtime that opencode brings:
//
//   BUN_BE_BUN=1 .testbench/node_modules/opencode-linux-x64/bin/opencode tests/bench/plugin.ts
//
// Loading: the entry beside an empty module, in turn, each in a fresh process; median milliseconds. Aim: 5 ms more.
// Events: 100,000 through the hook and through an empty one, the median of the rounds. Aim: less than a second.
// Heap: after each round, the least of the first third of the rounds and of the last, as garbage goes when it likes.

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Installation, input } from "../plugin/support/installation.ts"

const LOADS = 21
const ROUNDS = 21
const EVENTS = 100_000

type Event = { type: string; properties: object }
type Hook = (input: { event: never }) => unknown

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Return how long a fresh process takes to import a file, in milliseconds. */
async function load(file: string, first: string): Promise<number> {
  // node's own modules, which opencode has long loaded, are not counted, nor is the first start of the transpiler.
  const script = `
    await Promise.all(["fs", "child_process", "crypto", "os", "path"].map((name) => import("node:" + name)))
    await import(${JSON.stringify(first)})
    const before = performance.now()
    await import(${JSON.stringify(file)})
    console.log(performance.now() - before)
  `
  const started = Bun.spawn([process.execPath, "-e", script], {
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdout: "pipe",
  })
  return Number(await new Response(started.stdout).text())
}

async function loading(folder: string): Promise<void> {
  const [first, empty] = [join(folder, "first.ts"), join(folder, "empty.ts")]
  for (const file of [first, empty]) writeFileSync(file, "export default {} as object\n")
  const times: Record<"ours" | "empty", number[]> = { ours: [], empty: [] }
  for (let run = 0; run < LOADS; run++) {
    times.empty.push(await load(empty, first))
    times.ours.push(await load(join(folder, "plugin/notify.ts"), first))
  }
  const [ours, bare] = [median(times.ours), median(times.empty)]
  console.log(`load: ${ours.toFixed(2)} ms, an empty module ${bare.toFixed(2)} ms, ${(ours - bare).toFixed(2)} ms more`)
}

/** Return the events of 20,000 short sessions: most of what opencode sends is text as it is written. */
function synthetic(): Event[] {
  const part = { type: "text", text: "x".repeat(200), messageID: "msg_1", sessionID: "ses_a", id: "prt_1" }
  const events: Event[] = []
  for (let sent = 0; sent < EVENTS; sent += 5) {
    const sessionID = `ses_${sent}`
    events.push(
      { type: "session.updated", properties: { sessionID, info: { id: sessionID, title: "x" } } },
      { type: "message.part.delta", properties: { sessionID, field: "text", delta: "All " } },
      { type: "message.part.updated", properties: { sessionID, part } },
      { type: "session.status", properties: { sessionID, status: { type: "busy" } } },
      { type: "session.status", properties: { sessionID, status: { type: "retry", attempt: 1, message: "x" } } },
    )
  }
  return events
}

async function through(hook: Hook, events: Event[]): Promise<number> {
  const before = performance.now()
  for (const event of events) await hook({ event: event as never })
  return performance.now() - before
}

async function heap(): Promise<number> {
  await Bun.sleep(50)
  Bun.gc(true)
  return process.memoryUsage().heapUsed
}

async function events(installation: Installation): Promise<void> {
  const hooks = await (await installation.entry()).server(input("/home/ann/bench"))
  const ours: Hook = (given) => hooks.event?.(given)
  const empty: Hook = async () => {}
  const all = synthetic()
  const times: Record<"ours" | "empty", number[]> = { ours: [], empty: [] }
  const heaps: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const taken = [await through(empty, all), await through(ours, all)] as const
    // The first round fills what is remembered, and is not measured.
    if (round === 0) continue
    heaps.push(await heap())
    times.empty.push(taken[0])
    times.ours.push(taken[1])
  }
  const [mine, bare] = [median(times.ours), median(times.empty)]
  console.log(`${EVENTS} events: ${mine.toFixed(0)} ms, an empty hook ${bare.toFixed(0)} ms, ratio ${(mine / bare).toFixed(1)}`)
  const [first, last] = [Math.min(...heaps.slice(0, ROUNDS / 3)), Math.min(...heaps.slice(-ROUNDS / 3))]
  console.log(`heap: ${(first / 1_024).toFixed(0)} KiB, ${ROUNDS} × ${EVENTS} events later ${(last / 1_024).toFixed(0)} KiB`)
  await hooks.dispose?.()
}

const installation = new Installation({ desktop: false })
try {
  await loading(installation.folder)
  await events(installation)
} finally {
  installation.remove()
}
