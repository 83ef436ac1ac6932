interface Received {
  method: string
  path: string
  headers: Headers
  body: Record<string, unknown>
}

type Answer = (request: Received) => Response | Promise<Response>

/** What ntfy 2.27 answers to a publish: it echoes the sequence id. */
export function ntfyAnswer({ body }: Received): Response {
  return Response.json({ id: "abc", event: "message", ...body })
}

/** A web server on loopback that keeps what it is sent. */
export class Receiver {
  readonly received: Received[] = []
  /** What it answers; it may be changed at any time. */
  answer: Answer
  readonly #server: ReturnType<typeof Bun.serve>

  constructor(answer: Answer = ntfyAnswer) {
    this.answer = answer
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 60,
      fetch: async (request) => {
        const { method, headers } = request
        const text = await request.text()
        const { pathname: path } = new URL(request.url)
        const received = { method, path, headers, body: text === "" ? {} : JSON.parse(text) }
        this.received.push(received)
        return this.answer(received)
      },
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  get titles(): unknown[] {
    return this.received.map(({ body }) => body.title)
  }

  /** Wait until so many requests have come, for a second at most. */
  async until(count: number): Promise<void> {
    for (let waited = 0; this.received.length < count && waited < 1_000; waited += 5) await Bun.sleep(5)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true)
  }
}
