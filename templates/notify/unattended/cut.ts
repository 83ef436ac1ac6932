// Escape sequences of terminals, control characters, and the marks that turn the direction of text around.
const NOISE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
const ELLIPSIS = "…"

/** Given a text of any origin, return it without what a person cannot see. */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(NOISE, "").trim()
}

/** Given a text, return at most that many bytes of its UTF-8, cut between two code points and marked as cut. */
export function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let length = Buffer.byteLength(ELLIPSIS)
  let kept = ""
  for (const point of text) {
    length += Buffer.byteLength(point)
    if (length > bytes) break
    kept += point
  }
  return kept + ELLIPSIS
}
