type Environment = Record<string, string | undefined>

const SECRET =
  /^(OPENCODE_(SERVER_)?PASSWORD|INSTALLER_(\w*(TOKEN|PASSWORD|SECRET|TOPIC)|DISCORD_WEBHOOK|WEBHOOK_(URL|AUTHORIZATION)))$/i
const LOOPBACK = ["127.0.0.1", "localhost", "::1"]

/** Given an environment, return the names of the secrets in it that are opencode's or ours, also hidden ones. */
export function secretNames(env: Environment): string[] {
  return Object.getOwnPropertyNames(env).filter((name) => SECRET.test(name))
}

/**
 * Hide secrets from the programs that opencode starts, which get a copy of its environment: with the server's password
 * an agent could answer its own permissions. They stay readable by name, since opencode 1.18.33 reads the password
 * again for every directory it opens: deleted, the client it hands to the plugins there would get a 401.
 */
export function hideSecrets(env: Environment = process.env): void {
  for (const name of secretNames(env)) {
    const value = env[name]
    delete env[name]
    Object.defineProperty(env, name, { value, enumerable: false, configurable: true, writable: true })
  }
}

/** Blank the secrets in the environment of a shell that opencode is about to start. */
export function blankSecrets(shell: Record<string, string>, env: Environment = process.env): void {
  for (const name of secretNames(env)) shell[name] = ""
}

/**
 * Keep requests to this machine away from the proxy, if there is one: Bun 1.3.14 sends them there unless NO_PROXY says
 * otherwise, and opencode's client for plugins talks to its own server that way.
 */
export function bypassProxyForLoopback(env: Environment = process.env): void {
  const proxied = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].some((name) => env[name])
  if (!proxied) return
  // Bun reads the lower-case name first.
  const names = ["no_proxy", "NO_PROXY"].filter((name) => env[name])
  for (const name of names.length > 0 ? names : ["NO_PROXY"]) {
    const hosts = (env[name] ?? "").split(",").map((host) => host.trim()).filter((host) => host !== "")
    env[name] = [...new Set([...hosts, ...LOOPBACK])].join(",")
  }
}
