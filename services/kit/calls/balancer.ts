// Which replica gets the next attempt: the nearest that are healthy, and of two of those at random the less busy one. Pure.
// https://www.eecs.harvard.edu/~michaelm/postscripts/handbook2001.pdf (the power of two choices)

export type Candidate = {
  /** 0 in the caller's own region, more the farther away. */
  readonly distance: number
  readonly inFlight: number
  readonly ejected: boolean
}

/**
 * Chooses among `candidates`; undefined when there are none. Those in `tried` come after all others that are healthy. When every
 * one is ejected, ejection is ignored: a request that may fail is better than one that surely does.
 */
export function chooseReplica<C extends Candidate>(
  candidates: readonly C[],
  tried: readonly C[],
  random: () => number,
): C | undefined {
  const preferences: ((candidate: C) => boolean)[] = [
    (candidate) => !candidate.ejected && !tried.includes(candidate),
    (candidate) => !candidate.ejected,
    (candidate) => !tried.includes(candidate),
    () => true,
  ]
  for (const eligible of preferences) {
    const nearest = nearestOf(candidates, eligible)
    if (nearest.length > 0) return lessBusyOfTwo(nearest, random)
  }
  return undefined
}

function nearestOf<C extends Candidate>(candidates: readonly C[], eligible: (candidate: C) => boolean): C[] {
  let nearest: C[] = []
  let distance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate.distance > distance || !eligible(candidate)) continue
    if (candidate.distance < distance) {
      distance = candidate.distance
      nearest = []
    }
    nearest.push(candidate)
  }
  return nearest
}

function lessBusyOfTwo<C extends Candidate>(candidates: C[], random: () => number): C | undefined {
  const first = Math.floor(random() * candidates.length)
  if (candidates.length === 1) return candidates[0]
  // Any other index, each as likely.
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length
  const [a, b] = [candidates[first], candidates[second]]
  return a && b && b.inFlight < a.inFlight ? b : a
}
