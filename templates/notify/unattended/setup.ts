/** Given the URL of the entry, return the side of the plugin that opencode 2 calls. */
export function setup(_entry: string): (context: unknown) => Promise<void> {
  return async () => {}
}
