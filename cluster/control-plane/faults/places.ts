// Names of places and what stands there: `orders-1` is a node, `orders` a kind, `eu` a region, `postgres-na` a database server.
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
  const ids = (of: (one: Inhabitant) => boolean) => inhabitants.filter(of).map(({ id }) => id)
  const one = inhabitants.find(({ id }) => id === name)
  if (one) return { name, kind: one.kind === databaseKind ? 'database' : 'node', ids: [name] }
  if (kinds.includes(name) || name === databaseKind)
    return { name, kind: 'kind', ids: ids(({ kind }) => kind === name) }
  if (Region.safeParse(name).success && inhabitants.some(({ region }) => region === name)) {
    return { name, kind: 'region', ids: ids(({ region }) => region === name) }
  }
  const nodes = inhabitants.map(({ id }) => id).join(', ')
  throw new HttpError(404, 'unknown_place', `there is no node, kind or region ${name}; nodes are ${nodes}`)
}
