// What the frontdoor decides: where a customer is, and which regions are dark. Pure.
import { type Endpoint, type NodeRegion, Region } from '../kit/control/document.ts'

/** Of a customer who does not say where they are. */
const defaultRegion: Region = 'na'

/** The region that the header names; undefined when it names none that there is. */
export function customerRegion(header: string | undefined): Region | undefined {
  return header === undefined ? defaultRegion : Region.safeParse(header).data
}

export type RegionState = { dark: boolean; contraryProbes: number }

export const lit: RegionState = { dark: false, contraryProbes: 0 }

/** Probes in a row that have to say otherwise before a region is taken for dark, or for lit again: one may be an accident. */
const probesToTurn = 2

export function afterProbe(state: RegionState, healthy: boolean): RegionState {
  if (healthy !== state.dark) return state.contraryProbes === 0 ? state : { ...state, contraryProbes: 0 }
  const contraryProbes = state.contraryProbes + 1
  return contraryProbes < probesToTurn ? { ...state, contraryProbes } : { dark: !state.dark, contraryProbes: 0 }
}

/** The endpoints of regions that are not dark; all of them when that leaves none, for then the probes may be what is wrong. */
export function avoidDark(endpoints: Endpoint[], isDark: (region: NodeRegion) => boolean): Endpoint[] {
  const left = endpoints.filter(({ region }) => !isDark(region))
  return left.length > 0 ? left : endpoints
}
