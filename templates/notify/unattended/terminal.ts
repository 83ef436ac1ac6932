import { closeSync, constants, openSync, writeSync } from "node:fs"
import type { Channel } from "./channel.ts"
import type { ChannelRules } from "./settings.ts"

const ESC = "\u001b"
const BEL = "\u0007"
const TERMINAL = "/dev/tty"

/** Given a title and a body, return the sequences that make a terminal ring and show them: OSC 9 and OSC 777. */
export function terminalSequence(title: string, body: string, insideTmux: boolean): string {
  // What ends a sequence, and what separates its parts, cannot be escaped.
  const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").replaceAll(";", ",").trim()
  const [head, text] = [plain(title), plain(body)]
  const codes = [`${ESC}]9;${head}: ${text}${BEL}`, `${ESC}]777;notify;${head};${text}${BEL}`]
  // tmux hands on what is wrapped for it, if its option allow-passthrough is on.
  const wrapped = codes.map((code) => (insideTmux ? `${ESC}Ptmux;${code.replaceAll(ESC, ESC + ESC)}${ESC}\\` : code))
  return `${wrapped.join("")}${BEL}`
}

/** Return the channel that writes to the terminal opencode runs in, never to opencode's own output. */
export function terminalChannel(rules: ChannelRules, terminal: string = TERMINAL): Channel {
  return {
    name: "terminal",
    rules,
    remote: false,
    async send({ title, body }) {
      // A service has no terminal; one that is stopped must not stop opencode.
      const file = openSync(terminal, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
      try {
        writeSync(file, terminalSequence(title, body, Boolean(process.env.TMUX)))
      } finally {
        closeSync(file)
      }
    },
  }
}
