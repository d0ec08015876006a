// Fills PostgreSQL before the nodes start: databases, roles, tables, contents, slots for the replicas, and the pictures. Runs at every
// start and changes nothing that is there.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Provision, provision } from '../postgres/databases.ts'
import { REPLICATION_ROLE, SUPERUSER } from '../postgres/options.ts'
import { slotName } from '../postgres/replication.ts'
import { type SeedOutcome, seedDatabases } from '../seed/seed.ts'
import { readOrCreateSecrets, type Secrets } from '../supervisor/secrets.ts'
import { postgresNodesFor } from '../topology/nodes.ts'
import { databaseUrl } from './database-urls.ts'
import { readSecret } from './make-secrets.ts'
import type { SettingsOf } from './settings.ts'

const SIZE = 'full'
const READY_TIMEOUT_MS = 60_000
const RETRY_MS = 200

/** Throws what PostgreSQL or the file system throws; running it again then goes on. */
export async function setUp(settings: SettingsOf<'setup'>): Promise<SeedOutcome> {
  const secrets = readOrCreateSecrets(settings.FAULTLINE_PASSWORDS_DIR)
  const superuser = readSecret(join(settings.FAULTLINE_POSTGRES_PASSWORDS_DIR, 'superuser'))
  const replication = readSecret(join(settings.FAULTLINE_POSTGRES_PASSWORDS_DIR, 'replication'))
  const { FAULTLINE_POSTGRES: server, FAULTLINE_SEED: seed, FAULTLINE_MEDIA_DIR: mediaDir } = settings
  const connect = (database: string) => connectPatiently(server, superuser, database)
  await provision(connect, wishes(secrets, replication), undefined, superuser)
  await ensureSlots(connect)
  const url = (role: keyof Secrets['database'], database: string) =>
    databaseUrl(server, role, database, secrets.database[role])
  const urls = {
    users: url('users', 'users'),
    products: url('products', 'products'),
    orders: url('orders', 'orders'),
    payments: url('payments', 'payments'),
    fulfilment: url('fulfilment', 'orders'),
  }
  return seedDatabases({ urls, seed, size: SIZE, mediaDir })
}

function wishes({ database }: Secrets, replication: string): Provision {
  const names = ['users', 'products', 'orders', 'payments'] as const
  return {
    databases: names.map((name) => ({ name, owner: name, password: database[name] })),
    roles: [{ name: 'fulfilment', password: database.fulfilment, databases: ['orders'] }],
    replication: { name: REPLICATION_ROLE, password: replication },
  }
}

/** The primary keeps its log for a replica from now on, so that the copy that the replica begins with is never too old. */
async function ensureSlots(connect: (database: string) => Promise<pg.Client>): Promise<void> {
  const client = await connect('postgres')
  try {
    for (const { id, role } of postgresNodesFor(SIZE)) {
      if (role === 'primary') continue
      await client.query(
        `SELECT pg_create_physical_replication_slot($1, true)
         WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
        [slotName(id)],
      )
    }
  } finally {
    await client.end()
  }
}

/** A server that has just become healthy may restart once more while it initialises. */
async function connectPatiently(server: string, password: string, database: string): Promise<pg.Client> {
  const [host = '', port = ''] = server.split(':')
  const endMs = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const client = new pg.Client({ host, port: Number(port), user: SUPERUSER, password, database })
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (performance.now() > endMs) throw error
      await delay(RETRY_MS)
    }
  }
}
