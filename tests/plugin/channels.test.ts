import { describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Refused } from "../../templates/notify/unattended/channel.ts"
import { discordChannel } from "../../templates/notify/unattended/discord.ts"
import { lineChannel } from "../../templates/notify/unattended/line.ts"
import { ntfyChannel } from "../../templates/notify/unattended/ntfy.ts"
import { telegramChannel } from "../../templates/notify/unattended/telegram.ts"
import { terminalChannel, terminalSequence } from "../../templates/notify/unattended/terminal.ts"
import { webhookChannel } from "../../templates/notify/unattended/webhook.ts"
import { message, RULES, signal } from "./support/message.ts"
import { Receiver } from "./support/receiver.ts"

const { title, body } = message()

describe("ntfy", () => {
  const channel = (server: string, changes = {}) => ntfyChannel({ ...RULES, server, topic: "oc-t", ...changes })

  test("keeps a prompt as a sequence, and takes it back with the same login", async () => {
    await using server = new Receiver()
    const ntfy = channel(server.url, { token: "tk_1" })
    await ntfy.send(message({ click: "https://ui/x/session/ses_a" }), signal())
    await ntfy.clear?.("per_1", signal())
    const [publish, clear] = server.received
    expect(publish?.body).toEqual({
      topic: "oc-t",
      title,
      message: body,
      priority: 4,
      tags: ["lock"],
      click: "https://ui/x/session/ses_a",
      sequence_id: expect.stringMatching(/^oc-[0-9a-f]{16}$/),
    })
    expect(clear?.method).toBe("PUT")
    expect(clear?.path).toBe(`/oc-t/${publish?.body.sequence_id}/clear`)
    expect(clear?.headers.get("authorization")).toBe("Bearer tk_1")
    await ntfy.clear?.("per_1", signal())
    expect(server.received).toHaveLength(2)
  })

  test("takes nothing back where the server keeps no sequences (before 2.16)", async () => {
    await using server = new Receiver(() => Response.json({ id: "abc", event: "message" }))
    const ntfy = channel(server.url)
    await ntfy.send(message(), signal())
    await ntfy.clear?.("per_1", signal())
    expect(server.received).toHaveLength(1)
  })

  test.each([
    [429, 42901, true, undefined],
    [429, 42908, false, "quota"],
    [429, 42909, false, "refused"],
    [401, 40101, false, "refused"],
    [403, 40301, false, "refused"],
    [400, 40009, false, undefined],
    [500, 50001, true, undefined],
  ] as const)("an answer %d with the code %d", async (status, code, retry, trouble) => {
    await using server = new Receiver(() => Response.json({ code, http: status, error: "x" }, { status }))
    const refusal = await channel(server.url)
      .send(message(), signal())
      .catch((reason) => reason)
    expect(refusal).toBeInstanceOf(Refused)
    expect([refusal.retry, refusal.trouble]).toEqual([retry, trouble])
  })

  test.each([
    ["a page of a proxy", () => new Response("<html>", { status: 502 }), true],
    ["a log-in page that succeeds", () => new Response("<html>Welcome"), true],
    ["JSON of somebody else", () => Response.json([]), true],
    ["a redirect", () => Response.redirect("/login", 302), false],
  ])("%s is no success", async (_name, answer, retry) => {
    await using server = new Receiver(answer)
    const refusal = await channel(server.url)
      .send(message(), signal())
      .catch((reason) => reason)
    expect([refusal instanceof Refused, refusal.retry]).toEqual([true, retry])
    expect(server.received).toHaveLength(1)
  })

  describe("the daily quota", () => {
    async function used(count: number, limit: number, check: (ntfy: ReturnType<typeof ntfyChannel>) => Promise<void>) {
      await using server = new Receiver((request) =>
        request.path === "/v1/account"
          ? Response.json({ limits: { messages: limit }, stats: { messages: count } })
          : Response.json({ id: "abc", ...request.body }),
      )
      const ntfy = channel(server.url)
      for (let sent = 0; sent < 10; sent++) await ntfy.send(message({ subject: `per_${sent}` }), signal())
      await server.until(11)
      await Bun.sleep(20)
      await check(ntfy)
    }

    test("below four fifths", () => used(199, 250, async (ntfy) => expect(ntfy.sparing?.()).toBe(false)))

    test("from four fifths on what can wait, and taking back, is saved", () =>
      used(200, 250, async (ntfy) => {
        expect(ntfy.sparing?.()).toBe(true)
        await ntfy.clear?.("per_1", signal())
        await ntfy.send(message(), signal())
      }))

    test("is shared by processes through the state folder, and begins anew each day", async () => {
      const state = mkdtempSync(join(tmpdir(), "state "))
      await using server = new Receiver()
      const file = join(state, "ntfy-budget.json")
      const day = Math.floor(Date.now() / 86_400_000)
      writeFileSync(file, JSON.stringify({ server: server.url, day, used: 210, limit: 250, unasked: 0 }))
      const settings = { ...RULES, server: server.url, topic: "t" }
      const ntfy = ntfyChannel(settings, state)
      expect(ntfy.sparing?.()).toBe(true)
      await ntfy.send(message(), signal())
      expect(JSON.parse(readFileSync(file, "utf8")).used).toBe(211)
      rmSync(state, { recursive: true })
    })
  })
})

describe("Discord", () => {
  test("text is shown as it is, and nobody is called", async () => {
    await using server = new Receiver(() => new Response(null, { status: 204 }))
    const channel = discordChannel({ ...RULES, webhook: `${server.url}/api/webhooks/1/x` })
    await channel.send(message({ click: "https://ui/s" }), signal())
    expect(server.received[0]?.path).toBe("/api/webhooks/1/x")
    const sent = server.received[0]?.body ?? {}
    expect(sent.allowed_mentions).toEqual({ parse: [] })
    expect(sent.flags).toBe(4)
    const content = String(sent.content)
    expect(content).toStartWith("**proj · \\*needs\\* \\<b\\>")
    expect(content).toContain("a\\_b\\_ \\[x\\]\\(http\\://y\\) \\@everyone\n\\\\ 'quoted' & ไทย")
    expect(content).toEndWith("\n<https://ui/s>")
    const shown = content.replace(/\\([^a-z\s])/g, "$1")
    expect(shown).toBe(`**${title}**\n${body}\n<https://ui/s>`)
  })

  test("a long text is cut to what Discord takes", async () => {
    await using server = new Receiver(() => new Response(null, { status: 204 }))
    const channel = discordChannel({ ...RULES, webhook: server.url })
    await channel.send(message({ body: "*".repeat(9_000) }), signal())
    expect(String(server.received[0]?.body.content).length).toBeLessThanOrEqual(2_000)
  })
})

describe("Telegram", () => {
  test("plain text, without a preview; what can wait makes no sound", async () => {
    await using server = new Receiver(() => Response.json({ ok: true }))
    const channel = telegramChannel({ ...RULES, token: "1:AA", chat: "-100", server: `${server.url}/` })
    await channel.send(message(), signal())
    await channel.send(message({ urgent: false }), signal())
    expect(server.received[0]?.path).toBe("/bot1:AA/sendMessage")
    expect(server.received[0]?.body).toEqual({
      chat_id: "-100",
      text: `${title}\n${body}`,
      disable_notification: false,
      link_preview_options: { is_disabled: true },
    })
    expect(server.received[1]?.body.disable_notification).toBe(true)
  })
})

describe("LINE", () => {
  test("a push, whose key stays the same when it is tried again", async () => {
    await using server = new Receiver(() => Response.json({ message: "x" }, { status: 500 }))
    const channel = lineChannel({ ...RULES, token: "tok", to: "U1", server: server.url })
    const given = message()
    expect((await channel.send(given, signal()).catch((reason) => reason)).retry).toBe(true)
    server.answer = () => Response.json({ message: "accepted before" }, { status: 409 })
    await channel.send(given, signal())
    const [first, second] = server.received
    expect(first?.path).toBe("/v2/bot/message/push")
    expect(first?.headers.get("authorization")).toBe("Bearer tok")
    expect(first?.body).toEqual({
      to: "U1",
      messages: [{ type: "text", text: `${title}\n${body}` }],
      notificationDisabled: false,
    })
    expect(first?.headers.get("x-line-retry-key")).toMatch(/^[0-9a-f-]{36}$/)
    expect(second?.headers.get("x-line-retry-key")).toBe(first?.headers.get("x-line-retry-key") ?? null)
  })
})

describe("a webhook", () => {
  test("is sent an object by default", async () => {
    await using server = new Receiver(() => new Response())
    await webhookChannel({ ...RULES, url: `${server.url}/hook`, headers: { "x-key": "k" } }).send(message(), signal())
    expect(server.received[0]?.headers.get("x-key")).toBe("k")
    expect(server.received[0]?.body).toEqual({
      event: "permission",
      project: "proj",
      title,
      body,
      click: "",
      at: "2026-11-22T14:02:00.000Z",
    })
  })

  test("fills its template, once", async () => {
    await using server = new Receiver(() => new Response())
    const template = { text: "{title}: {body} {unknown}", list: ["{event}", 5, null], on: true }
    await webhookChannel({ ...RULES, url: server.url, headers: {}, template }).send(message(), signal())
    expect(server.received[0]?.body).toEqual({
      text: `${title}: ${body} {unknown}`,
      list: ["permission", 5, null],
      on: true,
    })
  })
})

test.each([
  [400, false],
  [404, false],
  [429, true],
  [503, true],
])("a service that answers %d", async (status, retry) => {
  await using server = new Receiver(() => new Response("", { status }))
  const channel = webhookChannel({ ...RULES, url: server.url, headers: {} })
  expect((await channel.send(message(), signal()).catch((reason) => reason)).retry).toBe(retry)
})

describe("the terminal", () => {
  test("gets OSC 9, OSC 777 and a bell, and the text ends no sequence", () => {
    const nasty = "a\u001b]0;x\u0007b;c\u009c"
    expect(terminalSequence(nasty, "ไทย\n🚀", false)).toBe(
      "\u001b]9;a ]0,x b,c: ไทย 🚀\u0007\u001b]777;notify;a ]0,x b,c;ไทย 🚀\u0007\u0007",
    )
  })

  test("inside tmux they are wrapped for what is outside", () => {
    const sequence = terminalSequence("a", "b", true)
    expect(sequence).toBe(
      "\u001bPtmux;\u001b\u001b]9;a: b\u0007\u001b\\\u001bPtmux;\u001b\u001b]777;notify;a;b\u0007\u001b\\\u0007",
    )
  })

  test("is written to, and missed without harm", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "tty ")), "tty")
    writeFileSync(file, "")
    await terminalChannel(RULES, file).send(message({ title: "t", body: "b" }), signal())
    expect(readFileSync(file, "utf8")).toContain("notify;t;b")
    expect(terminalChannel(RULES, "/nonexistent/tty").send(message(), signal())).rejects.toThrow()
  })
})
