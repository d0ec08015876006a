// How far this node's clock is from the control plane's, by the times that its pings carry.

/** Seconds of pings that are looked back at: of these, the one that travelled fastest tells best. */
const PINGS = 5

export class ClockSkew {
  readonly #differencesMs: number[] = []

  /** @param sentAt what the ping carries: Unix milliseconds of the sender's clock; anything else is ignored */
  notePing(sentAt: string, nowUnixMs: number): void {
    if (!/^\d{1,15}$/.test(sentAt)) return
    this.#differencesMs.push(nowUnixMs - Number(sentAt))
    if (this.#differencesMs.length > PINGS) this.#differencesMs.shift()
  }

  /** Positive when this clock is ahead; too large by the fastest ping's way here. Undefined before the first ping. */
  get seconds(): number | undefined {
    return this.#differencesMs.length === 0 ? undefined : Math.min(...this.#differencesMs) / 1_000
  }
}
