import { describe, expect, test } from "bun:test"
import { desktopCommand, thisDesktop } from "../../templates/notify/unattended/desktop.ts"

const message = { event: "error", title: `a "b" \\ $(id) 🚀`, body: `<b>'x' & ไทย` } as const

describe("text is data on every desktop", () => {
  test("Linux: as arguments after --, the body's markup escaped", () => {
    const { argv, stdin } = desktopCommand("linux", message)
    expect(argv).toEqual([
      "notify-send",
      "--app-name=opencode",
      "--urgency=critical",
      "--",
      message.title,
      "&lt;b&gt;'x' &amp; ไทย",
    ])
    expect(stdin).toBeUndefined()
  })

  test("macOS: as arguments of a fixed script", () => {
    const { argv } = desktopCommand("mac", message)
    expect(argv.slice(-2)).toEqual([message.title, message.body])
    const script = argv.slice(1, -2).filter((word) => word !== "-e")
    expect(script).toEqual([
      "on run argv",
      "display notification (item 3 of argv) with title (item 2 of argv)",
      "end run",
      "opencode",
    ])
  })

  test("Windows: as base64 on the standard input of a fixed script", () => {
    const { argv, stdin } = desktopCommand("windows", message)
    const other = desktopCommand("windows", { event: "done", title: "x", body: "y" })
    expect(argv).toEqual(other.argv)
    expect(JSON.parse(Buffer.from(stdin ?? "", "base64").toString())).toEqual({
      title: message.title,
      body: message.body,
    })
    expect(Buffer.from(argv.at(-1) ?? "", "base64").toString("utf16le")).toContain("CreateTextNode($text.title)")
  })
})

test.each([
  ["darwin", "", "mac"],
  ["win32", "", "windows"],
  ["linux", "6.1.0-18-amd64", "linux"],
  ["linux", "5.15.153.1-microsoft-standard-WSL2", "windows"],
] as const)("the desktop of %s %s", (platform, release, expected) => {
  expect(thisDesktop(platform, release)).toBe(expected)
})
