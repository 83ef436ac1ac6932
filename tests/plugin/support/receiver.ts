/** A web server on loopback that keeps what it is sent. */
export class Receiver {
  readonly received: Array<{ path: string; headers: Headers; body: Record<string, unknown> }> = []
  readonly #server: ReturnType<typeof Bun.serve>

  constructor(answer: () => Response | Promise<Response> = () => Response.json({ id: "abc", event: "message" })) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 60,
      fetch: async (request) => {
        const body = (await request.json()) as Record<string, unknown>
        this.received.push({ path: new URL(request.url).pathname, headers: request.headers, body })
        return answer()
      },
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  get titles(): unknown[] {
    return this.received.map(({ body }) => body.title)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true)
  }
}
