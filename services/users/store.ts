// Accounts in PostgreSQL, on the primary only.
import { randomUUID } from 'node:crypto'
import type { Database } from '../kit/database/database.ts'
import type { User } from './contract.ts'

/** Idempotent. An email address is stored in lower case, so that one mailbox has one account. */
export const schemaSql = `
CREATE TABLE IF NOT EXISTS users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL,
  region text NOT NULL CHECK (region IN ('na', 'eu', 'asia')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`

export type NewUser = Omit<User, 'id'> & { passwordHash: string }

export type UserStore = {
  /** Undefined when the email address is taken. */
  insert(user: NewUser): Promise<User | undefined>
  findById(id: string): Promise<User | undefined>
  findByEmail(email: string): Promise<{ user: User; passwordHash: string } | undefined>
}

const columns = 'id, email, name, region'

export function createUserStore(database: Database): UserStore {
  return {
    async insert({ email, name, region, passwordHash }) {
      const [user] = await database.query<User>(
        `INSERT INTO users (id, email, name, region, password_hash) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (email) DO NOTHING RETURNING ${columns}`,
        [randomUUID(), email, name, region, passwordHash],
      )
      return user
    },

    async findById(id) {
      const [user] = await database.query<User>(`SELECT ${columns} FROM users WHERE id = $1`, [id])
      return user
    },

    async findByEmail(email) {
      const [row] = await database.query<User & { password_hash: string }>(
        `SELECT ${columns}, password_hash FROM users WHERE email = $1`,
        [email],
      )
      if (!row) return undefined
      const { password_hash: passwordHash, ...user } = row
      return { user, passwordHash }
    },
  }
}
