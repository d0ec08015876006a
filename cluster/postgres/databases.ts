/**
 * Creates databases and roles such that no role may even connect to a database that is not its own. Running it again
 * changes nothing, unless the wishes changed; it never drops anything.
 */
import { createHmac } from 'node:crypto'
import pg from 'pg'

/** A database and the role that owns it. */
export interface DatabaseOptions {
  name: string
  owner: string
  /** Long and random: it is hashed fast. */
  password: string
}

/** A further role: may connect to `databases` only, and has a schema of its own name in each. */
export interface RoleOptions {
  name: string
  password: string
  databases: string[]
}

/** All databases and roles that are wanted; `replication` is the role that replicas connect with. */
export interface Provision {
  databases: DatabaseOptions[]
  roles: RoleOptions[]
  replication: { name: string; password: string }
}

/** Opens a connection as superuser. */
export type Connect = (database: string) => Promise<pg.Client>

const SYSTEM_DATABASES = ['postgres', 'template1']

/**
 * Brings the primary in line with `wanted`.
 * @param applied what the last call returned, to skip what is unchanged.
 * @param key keys the digest that is returned, so that it tells nothing about the passwords.
 * @throws DatabaseError of PostgreSQL.
 */
export async function provision(
  connect: Connect,
  wanted: Provision,
  applied: string | undefined,
  key: string,
): Promise<string> {
  const digest = createHmac('sha256', key).update(JSON.stringify(wanted)).digest('hex')
  const client = await connect('postgres')
  try {
    const found = await readExisting(client)
    const missing = wanted.databases.filter(({ name }) => !found.databases.has(name))
    const roles = loginRoles(wanted)
    const hasAllRoles = roles.every(({ name }) => found.roles.has(name))
    if (digest === applied && missing.length === 0 && hasAllRoles) return digest
    await client.query(roles.map((role) => roleStatement(role, found.roles.has(role.name))).join(';'))
    // Copying files is the fastest way and logs the least, and CREATE DATABASE wants a statement of its own.
    for (const { name, owner } of missing) {
      await client.query(`CREATE DATABASE ${id(name)} OWNER ${id(owner)} STRATEGY file_copy`)
    }
    await client.query(accessStatements(wanted).join(';'))
  } finally {
    await client.end()
  }
  await createSchemas(connect, wanted.roles)
  return digest
}

async function readExisting(client: pg.Client): Promise<{ databases: Set<string>; roles: Set<string> }> {
  const { rows } = await client.query<{ kind: string; name: string }>(
    "SELECT 'database' AS kind, datname AS name FROM pg_database UNION ALL SELECT 'role', rolname FROM pg_roles",
  )
  const names = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map((row) => row.name))
  return { databases: names('database'), roles: names('role') }
}

interface LoginRole {
  name: string
  password: string
  attributes: string
}

function loginRoles({ databases, roles, replication }: Provision): LoginRole[] {
  const plain = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION'
  const owners = new Map(databases.map(({ owner, password }) => [owner, password]))
  return [
    ...[...owners].map(([name, password]) => ({ name, password, attributes: plain })),
    ...roles.map(({ name, password }) => ({ name, password, attributes: plain })),
    { ...replication, attributes: 'LOGIN REPLICATION' },
  ]
}

function roleStatement({ name, password, attributes }: LoginRole, exists: boolean): string {
  return `${exists ? 'ALTER' : 'CREATE'} ROLE ${id(name)} ${attributes} PASSWORD ${literal(password)}`
}

function accessStatements({ databases, roles }: Provision): string[] {
  const closed = [...SYSTEM_DATABASES, ...databases.map(({ name }) => name)]
  return [
    ...closed.map((name) => `REVOKE ALL ON DATABASE ${id(name)} FROM PUBLIC`),
    ...databases.map(({ name, owner }) => `ALTER DATABASE ${id(name)} OWNER TO ${id(owner)}`),
    ...roles.flatMap((role) =>
      databases.map(({ name }) =>
        role.databases.includes(name)
          ? `GRANT CONNECT ON DATABASE ${id(name)} TO ${id(role.name)}`
          : `REVOKE ALL ON DATABASE ${id(name)} FROM ${id(role.name)}`,
      ),
    ),
  ]
}

async function createSchemas(connect: Connect, roles: RoleOptions[]): Promise<void> {
  for (const database of new Set(roles.flatMap((role) => role.databases))) {
    const statements = roles
      .filter((role) => role.databases.includes(database))
      .map(({ name }) => `CREATE SCHEMA IF NOT EXISTS ${id(name)} AUTHORIZATION ${id(name)}`)
    const client = await connect(database)
    await client.query(statements.join(';')).finally(() => client.end())
  }
}

function id(name: string): string {
  return pg.escapeIdentifier(name)
}

function literal(text: string): string {
  return pg.escapeLiteral(text)
}
