import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { type Case, replay } from "./support/replay.ts"

const FOLDER = new URL("./cases/", import.meta.url)

describe("every case file", () => {
  for (const file of readdirSync(FOLDER).sort()) {
    const given = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Case
    test(`${file}: ${given.situation}`, () => {
      const { told, cleared } = replay(given)
      // An expected notice names the fields that matter in its case.
      const named = told.map((notice, index) => pick(notice, Object.keys(given.expect[index] ?? { event: "", at: 0 })))
      expect(named).toEqual(given.expect)
      expect(cleared).toEqual(given.cleared ?? [])
    })
  }
})

function pick(notice: object, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(notice).filter(([key]) => keys.includes(key)))
}
