// Where a leader stands best: a charge waits until the nearest majority has stored it. Pure.
import { type ControlDocument, type NodeRegion, Region } from '../../kit/control/document.ts'

/** `region` is undefined for a node that cannot be reached now. */
export type Place = { id: string; region: NodeRegion | undefined }

/** The round trip in ms after which a majority of `voters` has stored what a leader in `region` sends; Infinity when too few can be reached. */
export function quorumRoundTripMs(
  region: NodeRegion,
  leader: string,
  voters: readonly Place[],
  delays: ControlDocument['delays'],
): number {
  const roundTrips = voters
    .filter(({ id }) => id !== leader)
    .map(({ region: other }) => {
      if (other === undefined) return Number.POSITIVE_INFINITY
      return (delays[region]?.[other] ?? 0) + (delays[other]?.[region] ?? 0)
    })
    .sort((a, b) => a - b)
  // The leader itself is one of the majority.
  const others = Math.floor(voters.length / 2)
  return others === 0 ? 0 : (roundTrips[others - 1] ?? Number.POSITIVE_INFINITY)
}

/**
 * Which of `candidates` should lead: the one with the shortest round trip to a majority; of equals the one whose region comes first, for the
 * first is where `payments` stands, and then the first in order. A change that would gain nothing is not made: the first candidate is in office.
 */
export function bestPlace(
  voters: readonly Place[],
  candidates: readonly string[],
  delays: ControlDocument['delays'],
): string | undefined {
  const rated = candidates.flatMap((id) => {
    const region = voters.find((voter) => voter.id === id)?.region
    if (region === undefined) return []
    const rank = (Region.options as readonly string[]).indexOf(region)
    return [{ id, roundTripMs: quorumRoundTripMs(region, id, voters, delays), rank }]
  })
  const [first, ...others] = rated
  if (!first) return undefined
  return others.reduce((best, other) => {
    if (other.roundTripMs !== best.roundTripMs) return other.roundTripMs < best.roundTripMs ? other : best
    return other.rank < best.rank ? other : best
  }, first).id
}
