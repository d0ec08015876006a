// Gives a fresh data directory its tables, its contents and its pictures; on an old one it only looks. Never overwrites or drops.
import pg, { type Client } from 'pg'
import { schemaSql as fulfilmentSchema } from '../../services/fulfilment/store.ts'
import { schemaSql as ordersSchema } from '../../services/orders/store.ts'
import { schemaSql as paymentsSchema } from '../../services/payments/store.ts'
import { schemaSql as productsSchema } from '../../services/products/store.ts'
import { schemaSql as usersSchema } from '../../services/users/store.ts'
import { buildCatalogue, type SeedSize } from './catalogue.ts'
import {
  buildContents,
  type Contents,
  fillOrders,
  fillPayments,
  fillProducts,
  fillShipments,
  fillUsers,
} from './contents.ts'
import { writeImages } from './image-files.ts'
import { type Marker, markerSql, readMarker, writeMarker } from './marker.ts'

/** Goes up when the same seed gives other contents than before. */
export const SEED_VERSION = 1

type Part = { schema: string; fill(client: Client, contents: Contents): Promise<void> }

/** One connection each. Shipments lie in the orders database, in a schema of their role's own. */
const parts = {
  users: { schema: usersSchema, fill: fillUsers },
  products: { schema: productsSchema, fill: fillProducts },
  orders: { schema: ordersSchema, fill: fillOrders },
  payments: { schema: paymentsSchema, fill: fillPayments },
  fulfilment: { schema: fulfilmentSchema, fill: fillShipments },
} as const satisfies Record<string, Part>

type PartName = keyof typeof parts
const partNames = Object.keys(parts) as PartName[]

export type SeedOptions = {
  /** Connection string on the primary for each role, `fulfilment`'s to the orders database. */
  urls: Record<PartName, string>
  seed: number
  size: SeedSize
  /** Pictures go into its folder `images`. */
  mediaDir: string
  /** Past orders are dated back from here, in ms since 1970; now when omitted. */
  nowMs?: number
}

export type SeedOutcome = {
  /** What the data is made from: what was asked for, or what was there. */
  seed: number
  size: SeedSize
  /** Databases that were filled now; empty on an old data directory. */
  filled: PartName[]
  imagesWritten: number
  /** For people: that other data than asked for was kept. */
  notice?: string
}

/** Brings schemas, contents and pictures up to date. Throws what PostgreSQL or the file system throws; running it again then goes on. */
export async function seedDatabases(options: SeedOptions): Promise<SeedOutcome> {
  const wanted: Marker = { seed: options.seed, size: options.size, version: SEED_VERSION }
  const clients = await connectAll(options.urls)
  try {
    const markers = await Promise.all(partNames.map((name) => prepare(clients[name], name)))
    const missing = partNames.filter((_, index) => markers[index] === undefined)
    // A start that was cut off half-way goes on with what it had begun with.
    const used = markers.find((marker) => marker !== undefined) ?? wanted
    const stamp = JSON.stringify(used)
    const images = writeImages(options.mediaDir, stamp, used.seed, () => buildCatalogue(used.seed, used.size))
    if (missing.length > 0) await fillAll(clients, missing, used, options.nowMs ?? Date.now())
    const notice = noticeOf(wanted, used)
    return {
      seed: used.seed,
      size: used.size,
      filled: missing,
      imagesWritten: await images,
      ...(notice === undefined ? {} : { notice }),
    }
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.end()))
  }
}

async function connectAll(urls: Record<PartName, string>): Promise<Record<PartName, Client>> {
  const entries = partNames.map((name) => [name, new pg.Client({ connectionString: urls[name] })] as const)
  const results = await Promise.allSettled(entries.map(([, client]) => client.connect()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await Promise.allSettled(entries.map(([, client]) => client.end()))
    throw failed.reason
  }
  // One entry for each part name.
  return Object.fromEntries(entries) as Record<PartName, Client>
}

/** Applies the schema; returns what the database was seeded with. One round trip, for this runs at each start. */
async function prepare(client: Client, name: PartName): Promise<Marker | undefined> {
  const table = markerTable(name)
  await client.query(`SET client_min_messages = warning; ${parts[name].schema} ${markerSql(table)}`)
  return readMarker(client, table)
}

/** Fulfilment shares a database with orders, so its marker stands in its own schema. */
function markerTable(name: PartName): string {
  return name === 'fulfilment' ? 'fulfilment.seeded_with' : 'seeded_with'
}

async function fillAll(clients: Record<PartName, Client>, names: PartName[], used: Marker, nowMs: number) {
  const contents = buildContents(used.seed, used.size, nowMs)
  await Promise.all(
    names.map(async (name) => {
      const client = clients[name]
      await client.query('BEGIN')
      await parts[name].fill(client, contents)
      await writeMarker(client, markerTable(name), used)
      await client.query('COMMIT')
    }),
  )
}

function noticeOf(wanted: Marker, used: Marker): string | undefined {
  const kept = `the data directory holds the shop of seed ${used.seed}, size ${used.size}`
  if (wanted.seed !== used.seed || wanted.size !== used.size) {
    return `${kept}; it is kept, and seed ${wanted.seed}, size ${wanted.size} is not used: choose another --data for it`
  }
  if (wanted.version !== used.version) return `${kept}, made by another version of Faultline; it is kept`
  return undefined
}
