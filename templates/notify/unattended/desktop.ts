import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import type { Channel } from "./channel.ts"
import type { ChannelRules } from "./settings.ts"
import type { Message } from "./wording.ts"

/** A program to run: its arguments, and what it reads on its standard input. */
export interface Command {
  argv: [string, ...string[]]
  stdin?: string
}

type Shape = Pick<Message, "event" | "title" | "body">

export type Desktop = "linux" | "mac" | "windows"

// AppleScript code is fixed; the text arrives as arguments and is never part of it. The word before it ends the options:
// a folder called `-e…` would otherwise be one more line of code.
const APPLESCRIPT = [
  "on run argv",
  "display notification (item 3 of argv) with title (item 2 of argv)",
  "end run",
].flatMap((line) => ["-e", line])

// The text arrives on the standard input, in base64 since the console's code page is not UTF-8. The id is PowerShell's
// own: Windows shows toasts only of programs that it knows.
const TOAST = `
$ErrorActionPreference = 'Stop'
$text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadToEnd())) | ConvertFrom-Json
$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$kind = [Windows.UI.Notifications.ToastTemplateType]::ToastText02
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent($kind)
$lines = $toast.GetElementsByTagName('text')
$null = $lines.Item(0).AppendChild($toast.CreateTextNode($text.title))
$null = $lines.Item(1).AppendChild($toast.CreateTextNode($text.body))
$id = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show($toast)
`

/** Given a message, return the command that shows it on that desktop; its text is data there, never code. */
export function desktopCommand(desktop: Desktop, { event, title, body }: Shape): Command {
  switch (desktop) {
    case "mac":
      return { argv: ["osascript", ...APPLESCRIPT, "opencode", title, body] }
    case "windows": {
      const script = Buffer.from(TOAST, "utf16le").toString("base64")
      const stdin = Buffer.from(JSON.stringify({ title, body })).toString("base64")
      return { argv: ["powershell.exe", "-NoProfile", "-NonInteractive", "-EncodedCommand", script], stdin }
    }
    case "linux": {
      const urgency = event === "done" ? "normal" : "critical"
      return { argv: ["notify-send", "--app-name=opencode", `--urgency=${urgency}`, "--", title, escapeMarkup(body)] }
    }
  }
}

// The body of a desktop notification is markup, its title is not:
// https://specifications.freedesktop.org/notification-spec/latest/markup.html
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

/** Return the desktop that this machine's notifications appear on; under WSL it is that of Windows. */
export function thisDesktop(platform: NodeJS.Platform = process.platform, release = kernelRelease()): Desktop {
  if (platform === "darwin") return "mac"
  if (platform === "win32" || /microsoft/i.test(release)) return "windows"
  return "linux"
}

function kernelRelease(): string {
  try {
    return readFileSync("/proc/sys/kernel/osrelease", "utf8")
  } catch {
    return ""
  }
}

function run({ argv: [file, ...args], stdin }: Command, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "ignore"], signal, windowsHide: true })
    let printed = ""
    child.on("error", reject)
    child.stdout.on("data", (data) => (printed += data))
    child.on("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(`${file} ended with ${code}`))))
    // A program that ends without reading breaks the pipe, which is no failure of its own.
    child.stdin.on("error", () => {})
    child.stdin.end(stdin ?? "")
  })
}

/** Return the channel that shows messages on the desktop of this machine. */
export function desktopChannel(rules: ChannelRules, desktop: Desktop = thisDesktop()): Channel {
  const shown = new Shown()
  return {
    name: "desktop",
    rules,
    remote: false,
    async send(message, signal) {
      const command = desktopCommand(desktop, message)
      if (desktop !== "linux") await run(command, signal)
      else shown.add(message.subject, await runForId(command, signal))
    },
    async clear(subject, signal) {
      const id = shown.take(subject)
      if (id) await run({ argv: [...CLOSE, id] }, signal)
    },
  }
}

const CLOSE = [
  "gdbus",
  "call",
  "--session",
  "--dest=org.freedesktop.Notifications",
  "--object-path=/org/freedesktop/Notifications",
  "--method=org.freedesktop.Notifications.CloseNotification",
] as const

/** Run notify-send and return the id of what it shows, or undefined where it cannot tell (libnotify before 0.8). */
async function runForId(command: Command, signal: AbortSignal): Promise<string | undefined> {
  const [file, ...args] = command.argv
  try {
    return /^\d+$/.exec((await run({ argv: [file, "--print-id", ...args] }, signal)).trim())?.[0]
  } catch (reason) {
    if ((reason as { code?: string }).code === "ENOENT" || signal.aborted) throw reason
    await run(command, signal)
    return undefined
  }
}

/** The ids of the notifications on the desktop, by what they are about. */
class Shown {
  readonly #ids = new Map<string, string>()

  add(subject: string | undefined, id: string | undefined): void {
    if (!subject || !id) return
    this.#ids.set(subject, id)
    const oldest = this.#ids.keys().next()
    if (this.#ids.size > 200 && !oldest.done) this.#ids.delete(oldest.value)
  }

  take(subject: string): string | undefined {
    const id = this.#ids.get(subject)
    this.#ids.delete(subject)
    return id
  }
}
