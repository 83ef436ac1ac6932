import { describe, expect, test } from "bun:test"
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { defaultContent, parseSettings } from "../../templates/notify/unattended/parse.ts"
import { DEFAULTS, EVENTS } from "../../templates/notify/unattended/settings.ts"
import { SettingsFile } from "../../templates/notify/unattended/settingsfile.ts"

const parse = (given: unknown) => parseSettings(JSON.stringify(given))
const all = { events: [...EVENTS], minSeconds: 0 }

describe("what notify.json says", () => {
  test("nothing: the defaults", () => {
    expect(parse({ schema: 1, unknown: true })).toEqual({ ...DEFAULTS })
  })

  test("of ntfy", () => {
    expect(parse({ ntfy: { topic: "t" } }).ntfy).toEqual({
      ...all,
      server: "https://ntfy.sh",
      topic: "t",
      content: "minimal",
    })
    const given = { server: "http://127.0.0.1:80", topic: "t", token: "k", events: ["error", "no"], minSeconds: 5 }
    expect(parse({ ntfy: { ...given, content: "full" } }).ntfy).toEqual({ ...given, events: ["error"], content: "full" })
    for (const ntfy of [{}, { topic: "" }, { topic: 5 }, "t", []]) expect(parse({ ntfy }).ntfy).toBeUndefined()
  })

  test("of the channels of this machine", () => {
    expect(parse({ desktop: false }).desktop).toBeUndefined()
    expect(parse({ desktop: true }).desktop).toEqual({ ...all, minSeconds: 0, content: "summary" })
    expect(parse({ desktop: { minSeconds: 20, events: ["done"] } }).desktop).toEqual({
      events: ["done"],
      minSeconds: 20,
      content: "summary",
    })
    expect(parse({ terminal: {} }).terminal).toEqual({ ...all, minSeconds: 0, content: "summary" })
    expect(parse({}).terminal).toBeUndefined()
  })

  test("of the other channels", () => {
    const rules = { ...all, content: "minimal" as const }
    expect(parse({ discord: { webhook: "https://d/x.com" } }).discord).toMatchObject({ webhook: "https://d/x.com" })
    expect(parse({ telegram: { token: "1:A", chat: -100 } }).telegram).toEqual({
      ...rules,
      token: "1:A",
      chat: "-100",
      server: "https://api.telegram.org",
    })
    expect(parse({ line: { token: "k", to: "U1" } }).line).toEqual({
      ...rules,
      token: "k",
      to: "U1",
      server: "https://api.line.me",
    })
    expect(parse({ webhook: { url: "https://h.example/x", headers: { a: "b", c: 1 } } }).webhook).toEqual({
      ...rules,
      url: "https://h.example/x",
      headers: { a: "b" },
    })
    for (const empty of [{ discord: {} }, { telegram: { token: "1" } }, { line: { to: "U" } }, { webhook: { url: 1 } }]) {
      const [[key]] = Object.entries(empty) as [[keyof typeof DEFAULTS, unknown]]
      expect(parse(empty)[key]).toBeUndefined()
    }
  })

  test.each([
    [{ graceSeconds: -1 }, 6],
    [{ graceSeconds: "7" }, 6],
    [{ graceSeconds: 0 }, 0],
  ])("of the grace: %p", (given, expected) => {
    expect(parse(given).graceSeconds).toBe(expected)
  })

  test.each([
    [{ from: "22:00", to: "07:00" }, { from: "22:00", to: "07:00" }],
    [{ from: "22:00", to: "22:00" }, undefined],
    [{ from: "24:00", to: "07:00" }, undefined],
    [{ from: "22:00" }, undefined],
    ["22:00-07:00", undefined],
  ])("of quiet hours: %p", (quietHours, expected) => {
    expect(parse({ quietHours }).quietHours).toEqual(expected)
  })

  test("of the UI's address: only what can be clicked", () => {
    expect(parse({ ui: "https://pc.tail.ts.net/" }).ui).toBe("https://pc.tail.ts.net")
    expect(parse({ ui: "javascript:alert(1)" }).ui).toBeUndefined()
  })
})

test.each([
  ["https://ntfy.sh", "minimal"],
  ["https://push.example.org", "minimal"],
  ["https://8.8.8.8", "minimal"],
  ["https://10.example.org", "minimal"],
  ["nonsense", "minimal"],
  ["http://127.0.0.1:2586", "summary"],
  ["http://[::1]:2586", "summary"],
  ["http://192.168.1.5", "summary"],
  ["http://172.20.0.1", "summary"],
  ["http://172.40.0.1", "minimal"],
  ["http://nas:8080", "summary"],
  ["https://pc.tail1234.ts.net", "summary"],
  ["http://nas.local", "summary"],
])("what is said by default at %s", (address, content) => {
  expect(defaultContent(address)).toBe(content as "minimal")
})

describe("the file", () => {
  function file(text?: string) {
    const path = join(mkdtempSync(join(tmpdir(), "settings ")), "notify.json")
    if (text !== undefined) writeFileSync(path, text)
    return { path, settings: new SettingsFile(pathToFileURL(path)) }
  }

  test("that is not there is the defaults, without a complaint", () => {
    const { settings } = file()
    expect(settings.current).toEqual(DEFAULTS)
    expect(settings.takeProblem()).toBeUndefined()
  })

  test("is read again when it changes, also to the same size and by a rename", () => {
    const { path, settings } = file(`{"graceSeconds": 1}`)
    expect(settings.current.graceSeconds).toBe(1)
    expect(settings.current).toBe(settings.current)
    writeFileSync(`${path}.tmp`, `{"graceSeconds": 2}`)
    utimesSync(`${path}.tmp`, new Date(0), new Date(0))
    renameSync(`${path}.tmp`, path)
    expect(settings.current.graceSeconds).toBe(2)
  })

  test("that breaks leaves the last good settings, and one complaint", () => {
    const { path, settings } = file(`{"graceSeconds": 1}`)
    expect(settings.current.graceSeconds).toBe(1)
    writeFileSync(path, `{"graceSeconds":`)
    expect(settings.current.graceSeconds).toBe(1)
    expect(settings.takeProblem()).toContain("SyntaxError")
    expect(settings.current.graceSeconds).toBe(1)
    expect(settings.takeProblem()).toBeUndefined()
    writeFileSync(path, `{"graceSeconds": 3, "x": 1}`)
    expect(settings.current.graceSeconds).toBe(3)
    rmSync(path)
    expect(settings.current.graceSeconds).toBe(3)
  })
})
