import { expect, test } from "bun:test"
import { postJson } from "../../templates/notify/unattended/http.ts"
import { signal } from "./support/message.ts"
import { Receiver } from "./support/receiver.ts"

test("an answer longer than any that is meant for us is not kept", async () => {
  await using server = new Receiver(() => Response.json({ id: "x", padding: "x".repeat(1024 * 1024) }))
  const { ok, json } = await postJson(server.url, {}, {}, signal())
  expect(ok).toBe(true)
  expect(json).toBeUndefined()
})

test("an answer with JSON is understood", async () => {
  await using server = new Receiver(() => Response.json({ id: "x" }))
  expect((await postJson(server.url, {}, {}, signal())).json).toEqual({ id: "x" })
})

test("an answer without JSON is an answer", async () => {
  await using server = new Receiver(() => new Response("<html>", { status: 502 }))
  expect(await postJson(server.url, {}, {}, signal())).toEqual({ status: 502, ok: false, json: undefined })
})
