/** What is to happen at which time, by id. */
export class Deadlines {
  readonly #times = new Map<string, number>()
  #earliest = Infinity

  set(id: string, time: number): void {
    this.#times.set(id, time)
    this.#earliest = Math.min(this.#earliest, time)
  }

  delete(id: string): void {
    if (this.#times.delete(id) && this.#times.size === 0) this.#earliest = Infinity
  }

  /** Return a time before which nothing is due; it may be too early, since looking for the next costs. */
  get earliest(): number {
    return this.#earliest
  }

  /** Return what is due, and forget it. */
  take(now: number): string[] {
    if (now < this.#earliest) return []
    const due = [...this.#times].filter(([, time]) => time <= now).map(([id]) => id)
    for (const id of due) this.#times.delete(id)
    this.#earliest = Infinity
    for (const time of this.#times.values()) this.#earliest = Math.min(this.#earliest, time)
    return due
  }
}
