import { expect, test } from "bun:test"
import { Core } from "../../templates/notify/unattended/core.ts"
import { fromOpencode1 } from "../../templates/notify/unattended/opencode1.ts"
import { RULES } from "./support/replay.ts"

// Time and memory are measured by tests/bench/plugin.ts: they say as much about the machine as about the plugin.

const EVENTS = 100_000

test("what is remembered of 100,000 events stays bounded", () => {
  const core = new Core(RULES)
  const send = (now: number, type: string, properties: object) => {
    const meaning = fromOpencode1({ type, properties })
    if (meaning) core.on(meaning, now)
    core.tick(now)
  }
  for (let sent = 0; sent < EVENTS; sent += 5) {
    const sessionID = `ses_${sent}`
    send(sent, "session.updated", { sessionID, info: { id: sessionID, title: "x", parentID: `ses_${sent - 5}` } })
    send(sent, "session.status", { sessionID, status: { type: "busy" } })
    send(sent, "permission.asked", { sessionID, id: `per_${sent}`, permission: "bash" })
    send(sent, "session.status", { sessionID, status: { type: "retry", attempt: 1, message: "x" } })
    send(sent, "permission.replied", { sessionID, requestID: `per_${sent - 50}` })
  }
  // 1,000 sessions, 500 open and 500 answered requests.
  expect(core.size).toBeLessThanOrEqual(2_000)
  expect(core.size).toBeGreaterThan(1_000)
})
