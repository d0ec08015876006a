// A second attempt beside one that takes long; the first good outcome wins and the other attempt is cancelled.
// https://research.google/pubs/the-tail-at-scale/ It knows nothing of what an attempt is.

export type Hedge<T> = {
  /** How long the first attempt has for itself. */
  delayMs: number
  /** Asked once, when that time is over: whether there may be a second one. */
  mayHedge: () => boolean
  /** A bad outcome does not win while the other attempt is under way. */
  isGood: (outcome: T) => boolean
}

export type Hedged<T> = { outcome: T; wonBy: 'only' | 'first' | 'hedge' }

/**
 * Runs `attempt`, and a second time unless the first is done in time; each is told by its signal when it has lost. Resolves to the first
 * good outcome, to the last one when none is good, and rejects with whatever the deciding attempt rejects with.
 */
export function hedge<T>(
  attempt: (signal: AbortSignal, isHedge: boolean) => Promise<T>,
  { delayMs, mayHedge, isGood }: Hedge<T>,
): Promise<Hedged<T>> {
  return new Promise((resolve, reject) => {
    const running = new Map<'first' | 'hedge', AbortController>()
    let hasHedged = false
    let decided = false

    const decide = () => {
      decided = true
      clearTimeout(timer)
      for (const loser of running.values()) loser.abort()
    }
    const start = (name: 'first' | 'hedge') => {
      const abort = new AbortController()
      running.set(name, abort)
      attempt(abort.signal, name === 'hedge').then(
        (outcome) => {
          running.delete(name)
          if (decided || (running.size > 0 && !isGood(outcome))) return
          decide()
          resolve({ outcome, wonBy: hasHedged ? name : 'only' })
        },
        (error: unknown) => {
          running.delete(name)
          if (decided || running.size > 0) return
          decide()
          reject(error)
        },
      )
    }
    const timer = setTimeout(() => {
      if (decided || !mayHedge()) return
      hasHedged = true
      start('hedge')
    }, delayMs)
    start('first')
  })
}
