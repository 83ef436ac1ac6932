const CLAIMS = Symbol.for("opencode-unattended.claims")

type Claims = Map<string, { entry: string; holder: object }>

function claims(): Claims {
  const shared = globalThis as { [CLAIMS]?: Claims }
  return (shared[CLAIMS] ??= new Map())
}

/**
 * Given a directory and the URL of the plugin's entry, return a function that gives the directory back, or undefined
 * if another copy of the plugin in this process has it: opencode loads the same file from `plugin/` and `plugins/`.
 */
export function claim(directory: string, entry: string): (() => void) | undefined {
  const held = claims().get(directory)
  if (held && held.entry !== entry) return undefined
  const holder = {}
  claims().set(directory, { entry, holder })
  return () => {
    // opencode 1.18.33 makes the next instance while the last one still closes: then it is that one's already.
    if (claims().get(directory)?.holder === holder) claims().delete(directory)
  }
}
