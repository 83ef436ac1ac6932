import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Installation, TEMPLATES } from "./support/installation.ts"

const transpiler = new Bun.Transpiler({ loader: "ts" })
const files = ["plugin", "unattended"].flatMap((folder) =>
  readdirSync(join(TEMPLATES, folder)).map((name) => join(folder, name)),
)

describe("every module", () => {
  for (const file of files) {
    const source = readFileSync(join(TEMPLATES, file), "utf8")

    test(`${file} imports only its neighbours and node's own modules`, () => {
      for (const { path } of transpiler.scanImports(source)) expect(path).toMatch(/^(\.\.?\/|node:)/)
    })

    test(`${file} is small`, () => {
      expect(source.split("\n").length).toBeLessThanOrEqual(300)
    })
  }
})

test("the entry exports one thing", () => {
  const { exports } = transpiler.scan(readFileSync(join(TEMPLATES, "plugin/notify.ts"), "utf8"))
  expect(exports).toEqual(["default"])
})

test("the plugin loads in a fresh process, prints nothing and gives hooks", async () => {
  const installation = new Installation({ desktop: false })
  const script = `
    const { default: entry } = await import(${JSON.stringify(join(installation.folder, "plugin/notify.ts"))})
    const hooks = await entry.server({ client: {}, directory: "/home/ann/proj", worktree: "/" })
    await entry.setup({ options: {} })
    await hooks.dispose()
    console.error(JSON.stringify([Object.keys(entry), Object.keys(hooks)]))
  `
  const started = Bun.spawn([process.execPath, "-e", script], {
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdout: "pipe",
    stderr: "pipe",
  })
  expect(await new Response(started.stdout).text()).toBe("")
  const printed = JSON.parse(await new Response(started.stderr).text())
  expect(printed).toEqual([
    ["id", "server", "setup"],
    ["event", "dispose", "shell.env"],
  ])
  expect(await started.exited).toBe(0)
  installation.remove()
})
