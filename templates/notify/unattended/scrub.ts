import { homedir } from "node:os"

const HIDDEN = "***"

// Well-known shapes of credentials, and words that announce one. Lengths are bounded where a text could be made slow.
const SECRETS: Array<[RegExp, string]> = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,300}@/gi, `$1${HIDDEN}@`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.?[\w-]*/g, HIDDEN],
  [/\b(sk|pk|rk|tk|gh[pousr]|github_pat|glpat|xox[abposr]|hf|npm|pypi|shpat|whsec|dop_v1)[-_][\w-]{8,}/g, HIDDEN],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}|\bAIza[\w-]{20,}|\bya29\.[\w-]+/g, HIDDEN],
  [/\d{6,}:AA[\w-]{20,}/g, HIDDEN],
  [/\b(bearer|basic|token)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [
    /((?:api[-_ ]?key|access[-_ ]?key|auth|authorization|credential|passw(?:or)?d|passphrase|pwd|secret|token)\w{0,30}["']?\s*[:=]\s*)(?:(?:bearer|basic|token)\s+)?("[^"]*"|'[^']*'|[^\s"'&,;]+)/gi,
    `$1${HIDDEN}`,
  ],
  [/(\s(?:-u|--user|--password|--pass|--token|-p)(?:\s+|=))("[^"]*"|'[^']*'|\S+)/g, `$1${HIDDEN}`],
  [/\bhttps:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/\S+/gi, HIDDEN],
  [/\b[0-9a-f]{32,}\b/gi, HIDDEN],
  [/(?<![\w/])(?=[\w+/-]{0,99}\d)(?=[\w+/-]{0,99}[A-Z])(?=[\w+/-]{0,99}[a-z])[\w+/-]{40,}={0,2}/g, HIDDEN],
]

const HOME = /(?:\/home|\/Users|\/export\/home)\/[^/\s"':]+|\b[A-Z]:\\Users\\[^\\\s"':]+/g

/** Given a text, return it with credentials, the secrets named and the home folders of people removed. */
export function scrub(text: string, secrets: readonly string[] = [], home: string = homedir()): string {
  let clean = text
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, HIDDEN)
  for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement)
  if (home.length > 1) clean = clean.replaceAll(home, "~")
  return clean.replace(HOME, "~")
}
