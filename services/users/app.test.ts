import { afterEach, beforeEach, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type Served, serve } from '../../test/serve.ts'
import { createSessions } from '../kit/sessions.ts'
import { createApp } from './app.ts'
import type { Session, User } from './contract.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import type { UserStore } from './store.ts'

const sessions = createSessions('a-secret-of-this-test-of-at-least-32-bytes')
const { log, lines } = captureLog()
const accounts = new Map<string, { user: User; passwordHash: string }>()

const store: UserStore = {
  async insert({ passwordHash, ...account }) {
    if (accounts.has(account.email)) return undefined
    const user = { id: crypto.randomUUID(), ...account }
    accounts.set(user.email, { user, passwordHash })
    return user
  },
  findByEmail: async (email) => accounts.get(email),
  findById: async (id) => [...accounts.values()].find(({ user }) => user.id === id)?.user,
}

let app: Served
const start = async (passwords: Passwords) => {
  app = await serve(createApp({ store, passwords, sessions, log }))
}
beforeEach(async () => {
  accounts.clear()
  lines.length = 0
  await start(createPasswords())
})
afterEach(() => app.close())

const ada = { email: 'Ada@Example.com', password: 'correct horse battery', name: ' Ada Lovelace ', region: 'eu' }
const signUp = (body: unknown = ada) => app.send('POST', '/users', { body })
const logIn = (email: string, password: string) => app.send('POST', '/sessions', { body: { email, password } })

test('an account is made with a session that holds, and can be looked up', async () => {
  const answer = await signUp()
  expect(answer.status).toBe(201)
  const { user, token, expiresAt } = answer.json as Session
  expect(user).toEqual({ id: expect.any(String), email: 'ada@example.com', name: 'Ada Lovelace', region: 'eu' })
  expect(await sessions.verify(token)).toEqual({ id: user.id, region: 'eu' })
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now())
  expect(await app.send('GET', `/users/${user.id}`)).toMatchObject({ status: 200, json: user })
  expect(answer.text).not.toMatch(/hash|argon2|battery/)
})

test('the password is kept as argon2id only', async () => {
  await signUp()
  const [account] = accounts.values()
  expect(account?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$/)
})

test('a customer logs in with the email address in any letters', async () => {
  const { user } = (await signUp()).json as Session
  const answer = await logIn('ADA@example.COM', ada.password)
  expect(answer).toMatchObject({ status: 201, json: { user } })
  expect(await sessions.verify((answer.json as Session).token)).toEqual({ id: user.id, region: 'eu' })
})

test('a wrong password and an unknown address get the very same answer', async () => {
  await signUp()
  const wrong = await logIn(ada.email, 'incorrect horse')
  const unknown = await logIn('nobody@example.com', ada.password)
  expect(wrong).toMatchObject({ status: 401, json: { code: 'wrong_credentials' } })
  expect(unknown.text).toBe(wrong.text)
})

test('an unknown address costs as much hashing as a known one', async () => {
  const real = createPasswords()
  const checked: (string | undefined)[] = []
  await app.close()
  await start({
    hash: real.hash,
    matches: (password, passwordHash) => {
      checked.push(passwordHash)
      return real.matches(password, passwordHash)
    },
  })
  expect(await logIn('nobody@example.com', ada.password)).toMatchObject({ status: 401 })
  expect(checked).toEqual([undefined])
})

test('an address has one account, even when the form is sent twice at once', async () => {
  const answers = await Promise.all([signUp(), signUp(), signUp({ ...ada, email: 'ada@EXAMPLE.com' })])
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(refused?.json).toMatchObject({ code: 'email_taken', errors: [{ field: 'email' }] })
})

test('an unknown account is a 404', async () => {
  expect(await app.send('GET', `/users/${crypto.randomUUID()}`)).toMatchObject({ status: 404 })
})

test.each([
  [{ ...ada, email: 'ada' }, ['email']],
  [{ ...ada, email: `${'a'.repeat(250)}@example.com` }, ['email']],
  [{ ...ada, password: 'short' }, ['password']],
  [{ ...ada, password: 'x'.repeat(129) }, ['password']],
  [{ ...ada, name: '   ' }, ['name']],
  [{ ...ada, region: 'moon' }, ['region']],
  [{ email: 5, password: {}, name: null }, ['email', 'password', 'name']],
])('the sign-up %j is a 400 that names the fields', async (body, fields) => {
  const answer = await signUp(body)
  expect(answer.status).toBe(400)
  expect((answer.json as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual(fields)
  expect(accounts.size).toBe(0)
})

test('a password reaches neither the log nor an answer', async () => {
  const secret = 'hunter2-hunter2'
  const told = [
    await signUp({ ...ada, password: secret }),
    await signUp({ ...ada, password: secret }),
    await signUp({ ...ada, email: secret, password: secret }),
    await app.send('POST', '/users', { body: `{"password":"${secret}"` }),
    await logIn(ada.email, secret),
    await logIn('nobody@example.com', secret),
  ]
  accounts.get('ada@example.com')!.passwordHash = 'not a hash'
  told.push(await logIn(ada.email, secret))
  expect(told.map(({ status }) => status)).toEqual([201, 409, 400, 400, 201, 401, 500])
  expect(told.map(({ text }) => text).join()).not.toContain(secret)
  expect(lines).toHaveLength(1)
  expect(lines.join()).not.toContain(secret)
})
