import { describe, expect, test } from "bun:test"
import { spawnSync } from "node:child_process"
import {
  blankSecrets,
  bypassProxyForLoopback,
  hideSecrets,
} from "../../templates/notify/unattended/environment.ts"
import { claim } from "../../templates/notify/unattended/claim.ts"

describe("secrets in opencode's environment", () => {
  test("stay readable by name and reach no copy of the environment", () => {
    process.env.OPENCODE_SERVER_PASSWORD = "pw"
    process.env.INSTALLER_NTFY_TOKEN = "tk"
    try {
      hideSecrets()
      hideSecrets()
      expect(process.env.OPENCODE_SERVER_PASSWORD).toBe("pw")
      const copy = { ...process.env }
      expect(copy.OPENCODE_SERVER_PASSWORD).toBeUndefined()
      expect(copy.INSTALLER_NTFY_TOKEN).toBeUndefined()
      const shown = spawnSync("env", { env: copy }).stdout.toString()
      expect(shown).not.toMatch(/OPENCODE_SERVER_PASSWORD|INSTALLER_NTFY_TOKEN/)
    } finally {
      delete process.env.OPENCODE_SERVER_PASSWORD
      delete process.env.INSTALLER_NTFY_TOKEN
    }
  })

  test("are blanked in the agent's shell, and nothing else is", () => {
    const env = { OPENCODE_SERVER_PASSWORD: "pw", OPENCODE_PASSWORD: "pw", PATH: "/bin", OPENCODE_PID: "1" }
    const shell: Record<string, string> = { HOME: "/home/ann" }
    blankSecrets(shell, env)
    expect(shell).toEqual({ HOME: "/home/ann", OPENCODE_SERVER_PASSWORD: "", OPENCODE_PASSWORD: "" })
  })
})

describe("requests to this machine and the proxy", () => {
  test.each([
    [{}, {}],
    [{ HTTPS_PROXY: "http://p" }, { HTTPS_PROXY: "http://p", NO_PROXY: "127.0.0.1,localhost,::1" }],
    [
      { http_proxy: "http://p", no_proxy: "corp, localhost" },
      { http_proxy: "http://p", no_proxy: "corp,localhost,127.0.0.1,::1" },
    ],
  ])("%p", (before, after) => {
    const env: Record<string, string> = { ...before } as Record<string, string>
    bypassProxyForLoopback(env)
    expect(env).toEqual(after as Record<string, string>)
  })
})

test("a directory that was given back can be claimed by another copy, not before", () => {
  const giveBack = claim("/d", "file:///one.ts")
  expect(claim("/d", "file:///two.ts")).toBeUndefined()
  const again = claim("/d", "file:///one.ts")
  giveBack?.()
  expect(claim("/d", "file:///two.ts")).toBeUndefined()
  again?.()
  const other = claim("/d", "file:///two.ts")
  expect(other).toBeDefined()
  other?.()
})
