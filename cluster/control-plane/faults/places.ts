// Names of places and what stands there: `orders-1` is a node, `orders` a kind, `eu` a region, `postgres-na` a database server, and
// `postgres` are all of these.
// No two places have the same name.
import type { TargetKind } from '../../../faults/fault.ts'
import { Region } from '../../../services/kit/control/document.ts'
import { HttpError } from '../../../services/kit/http/errors.ts'

/** What an injection may name: nodes of the shop and PostgreSQL servers. */
export type Inhabitant = { id: string; kind: string; region: string }

export const databaseKind = 'postgres'

export type Place = { name: string; kind: Extract<TargetKind, 'node' | 'kind' | 'region' | 'database'>; ids: string[] }

/** Throws a 404 that lists the names there are. A kind or a region is a place even while nobody is there. */
export function findPlace(name: string, inhabitants: readonly Inhabitant[], kinds: readonly string[]): Place {
  const ids = whoIsAt(name, inhabitants)
  const one = inhabitants.find(({ id }) => id === name)
  if (name === databaseKind || one?.kind === databaseKind) return { name, kind: 'database', ids }
  if (one) return { name, kind: 'node', ids }
  if (kinds.includes(name)) return { name, kind: 'kind', ids }
  if (Region.safeParse(name).success && ids.length > 0) return { name, kind: 'region', ids }
  const nodes = inhabitants.map(({ id }) => id).join(', ')
  throw new HttpError(404, 'unknown_place', `there is no node, kind or region ${name}; nodes are ${nodes}`)
}

/** Ids of whoever bears the name, or is of this kind or in this region; none, when nobody is or does. */
export function whoIsAt(name: string, inhabitants: readonly Inhabitant[]): string[] {
  return inhabitants.filter((one) => [one.id, one.kind, one.region].includes(name)).map(({ id }) => id)
}
