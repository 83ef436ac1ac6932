import { describe, expect, test } from "bun:test"
import { cut, visible } from "../../templates/notify/unattended/cut.ts"
import type { Notice } from "../../templates/notify/unattended/events.ts"
import { duration } from "../../templates/notify/unattended/languages.ts"
import { scrub } from "../../templates/notify/unattended/scrub.ts"
import { CONTENTS, type Content, EVENTS } from "../../templates/notify/unattended/settings.ts"
import { type Wording, word } from "../../templates/notify/unattended/wording.ts"

const notice: Notice = {
  event: "permission",
  session: "ses_a",
  root: "ses_a",
  title: "Tidy /home/ann/src",
  took: 125_000,
  request: "per_1",
  tool: "bash",
  detail: "curl -H 'Authorization: Bearer abcdef123456' https://ann:pw@host/x",
}

function say(content: Content, changes: Partial<Notice> = {}, wording: Partial<Wording> = {}) {
  const all = { project: "proj", language: "en" as const, secrets: [], content, ...wording }
  return word({ ...notice, ...changes }, 0, all)
}

describe("what is said", () => {
  test("minimal: what happened in which project, and nothing else", () => {
    for (const event of EVENTS) {
      const { title, body } = say("minimal", { event })
      expect(title).toStartWith("proj · ")
      expect(`${title} ${body}`).not.toMatch(/Tidy|bash|curl|ann/)
    }
  })

  test("summary: the tool, the session's title and the duration, no command", () => {
    expect(say("summary").body).toBe("bash · Tidy ~/src · 2 min 5 s")
    expect(say("summary", { title: undefined }).body).toBe("bash · The agent waits for your approval. · 2 min 5 s")
    expect(say("summary", { event: "done", title: undefined, tool: undefined, took: undefined }).body).toBe(
      "The agent has finished.",
    )
  })

  test("full: the command first, without what is secret", () => {
    expect(say("full").body).toBe("curl -H 'Authorization: ***' https://***@host/x\nbash · Tidy ~/src · 2 min 5 s")
  })

  test("the secrets of the settings are said by no content", () => {
    for (const content of CONTENTS) {
      const { body } = say(content, { title: "my-topic-name", detail: "see my-topic-name" }, { secrets: ["my-topic-name"] })
      expect(body).not.toContain("my-topic-name")
    }
  })

  test("Thai", () => {
    const { title, body } = say("summary", { event: "done", tool: undefined }, { language: "th", project: "โครงการ" })
    expect(title).toBe("โครงการ · เสร็จแล้ว")
    expect(body).toBe("Tidy ~/src · 2 นาที 5 วินาที")
  })

  test("text made to be slow is looked through in time", () => {
    for (const filler of ["a.", "a-", "1aA", "token", "/", "-----BEGIN PRIVATE KEY-----", "token:", "a:/", '"', " -u"]) {
      const before = performance.now()
      say("full", { detail: filler.repeat(50_000) })
      expect(performance.now() - before).toBeLessThan(300)
    }
  })

  test("a secret on the edge of the cut is removed before the cut", () => {
    for (let length = 2_360; length < 2_410; length++) {
      const { body } = say("full", { detail: `${"x ".repeat(length / 2)}password=hunter2hunter2` })
      expect(body).not.toContain("hunter")
    }
  })

  test("everything fits into an ntfy message, whatever is in it", () => {
    for (const filler of ["ก", "🚀", '"', "\n", "\ud800", "\u202e"]) {
      const long = filler.repeat(20_000)
      const message = say("full", { title: long, tool: long, detail: long }, { project: long })
      expect(Buffer.byteLength(message.body)).toBeLessThanOrEqual(4_096)
      expect(Buffer.byteLength(JSON.stringify({ ...message, topic: "t".repeat(64) }))).toBeLessThan(8_192)
    }
  })
})

describe("cutting", () => {
  test.each([
    ["short", 5, "short"],
    ["abcdef", 5, "ab…"],
    ["ก🚀ข", 9, "ก…"],
    ["ก🚀ข", 10, "ก🚀ข"],
    ["🚀🚀", 6, "…"],
  ])("%p to %d bytes", (text, bytes, expected) => {
    expect(cut(text, bytes)).toBe(expected)
  })

  test("leaves nothing that a person cannot see", () => {
    expect(visible("\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u0000\u202ey\r\n\tz\ud800")).toBe("red xy\n\tz\ufffd")
  })
})

describe("what is removed", () => {
  test.each([
    ["export OPENAI_API_KEY=sk-abcdefghijklmnop", "export OPENAI_API_KEY=***"],
    ["key is sk-proj-abcdef123456_XY", "key is ***"],
    ["ghp_abcdefghijklmnop1234 and github_pat_11ABCDEFG0abc", "*** and ***"],
    ["AKIAIOSFODNN7EXAMPLE", "***"],
    ["git clone https://ann:t0ken@git.host/x.git", "git clone https://***@git.host/x.git"],
    ["postgres://u:p@db/x?password=abc&x=1", "postgres://***@db/x?password=***&x=1"],
    ['{"token": "abc def", "n": 1}', '{"token": ***, "n": 1}'],
    ["mysql -u root -p hunter2 --password=x", "mysql -u *** -p *** --password=***"],
    ["Bearer abcdef.ghijkl", "Bearer ***"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh", "***"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "***"],
    ["-----BEGIN PRIVATE KEY-----\nMIIE", "***"],
    ["https://discord.com/api/webhooks/123/abcDEF", "***"],
    ["bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "bot***"],
    ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "***"],
    ["tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", "***"],
    ["/home/ann/x /Users/bob/y C:\\Users\\eve\\z", "~/x ~/y ~\\z"],
  ])("%s", (text, expected) => {
    expect(scrub(text, [], "/root")).toBe(expected)
  })

  test.each([
    "Fix the parser for tokens",
    "src/components/very/long/path/to/some/module/file.ts",
    "npm run build && npm test",
    "HTTP 401: invalid x-api-key",
    "2026-11-22T13:56:13.620Z",
    "ทดสอบ 🚀",
  ])("ordinary text stays: %s", (text) => {
    expect(scrub(text, [], "/root")).toBe(text)
  })
})

test.each([
  [400, "0 s"],
  [59_900, "1 min 0 s"],
  [3_599_000, "59 min 59 s"],
  [3_600_000, "1 h 0 min"],
  [90_061_000, "25 h 1 min"],
])("%d ms are %s", (ms, words) => {
  expect(duration(ms, "en")).toBe(words)
})
