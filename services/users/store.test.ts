import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { createUserStore, schemaSql, type UserStore } from './store.ts'

const db = withDatabase(schemaSql)
let store: UserStore

beforeEach(async () => {
  store = createUserStore(db.database)
  await db.database.query('TRUNCATE users')
})

const ada = { email: 'ada@example.com', name: 'Ada', region: 'eu', passwordHash: '$argon2id$x' } as const

test('an account is kept and found by id and by email address', async () => {
  await db.database.query(schemaSql)
  const user = await store.insert(ada)
  expect(user).toEqual({ id: expect.any(String), email: ada.email, name: 'Ada', region: 'eu' })
  expect(await store.findById(user!.id)).toEqual(user)
  expect(await store.findByEmail(ada.email)).toEqual({ user, passwordHash: '$argon2id$x' })
  expect(await store.findById(randomUUID())).toBeUndefined()
  expect(await store.findByEmail('nobody@example.com')).toBeUndefined()
})

test('one address has one account, whoever comes first', async () => {
  const made = await Promise.all([store.insert(ada), store.insert(ada), store.insert(ada)])
  expect(made.filter((user) => user !== undefined)).toHaveLength(1)
  await expect(store.insert({ ...ada, email: 'ADA@example.com' })).rejects.toMatchObject({ code: '23514' })
})
