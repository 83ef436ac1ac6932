/** An object whose values nobody has looked at yet. */
export type Json = Record<string, unknown>

export function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

/** Return a string that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

export function number(value: unknown, min: number, max: number): number | undefined {
  return typeof value === "number" && value >= min && value <= max ? value : undefined
}

export function choice<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((each) => each === value)
}

/** Return the choices that a list names, or undefined if it is no list. */
export function choices<T extends string>(value: unknown, all: readonly T[]): T[] | undefined {
  return Array.isArray(value) ? all.filter((each) => value.includes(each)) : undefined
}

/** Return those values of an object that are strings. */
export function strings(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value) ?? {})
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"))
}
