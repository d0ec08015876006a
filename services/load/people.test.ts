import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Address } from '../orders/contract.ts'
import { SignUp, User } from '../users/contract.ts'
import { Accounts } from './accounts.ts'
import { countries } from './countries.ts'
import { buildCustomers, CUSTOMER_COUNT, DEMO_PASSWORD, mailboxOf } from './customers.ts'
import defaultJourneys from './journeys.json' with { type: 'json' }
import { readJourneys } from './journeys.ts'
import { createRandom } from './random.ts'

test('customers are always the same, each once, and as the services want them', () => {
  const customers = buildCustomers()
  expect(customers).toEqual(buildCustomers())
  expect(buildCustomers(10)).toEqual(customers.slice(0, 10))
  expect(new Set(customers.map(({ id }) => id)).size).toBe(CUSTOMER_COUNT)
  expect(new Set(customers.map(({ email }) => email)).size).toBe(CUSTOMER_COUNT)
  for (const { address, ...user } of customers) {
    User.parse(user)
    Address.parse(address)
    expect(SignUp.parse({ ...user, password: DEMO_PASSWORD }).email).toBe(user.email)
    expect(countries.find(({ code }) => code === address.country)?.region).toBe(user.region)
  }
})

test.each([
  ['Zofia Dąbrowski', 'zofia.dabrowski'],
  ['Élodie Lefèvre', 'elodie.lefevre'],
  ['Álvaro Wójcik Łoś', 'alvaro.wojcik.los'],
  ['Hui-Min Tan', 'hui-min.tan'],
])('%s has the mailbox %s', (name, mailbox) => {
  expect(mailboxOf(name)).toBe(mailbox)
})

const account = (email: string) => ({ ...buildCustomers(1)[0]!, email, password: 'x', region: 'na' as const })
const session = (expiresAt: string) => ({
  token: 't',
  user: { id: '', email: '', name: '', region: 'na' as const },
  expiresAt,
})

test('an account has one user at a time and rests after a visit that is not settled', () => {
  const random = createRandom(1)
  const accounts = new Accounts([account('a'), account('b')])
  const taken = [accounts.take(random, 'na', 0), accounts.take(random, 'na', 0)].map((known) => known?.account.email)
  expect(taken.sort()).toEqual(['a', 'b'])
  expect(accounts.take(random, 'na', 0)).toBeUndefined()
  expect(accounts.take(random, 'eu', 0)).toBeUndefined()
  accounts.giveBack({ account: account('a') }, true, 1_000)
  expect(accounts.take(random, 'na', 30_000)).toBeUndefined()
  expect(accounts.take(random, 'na', 31_000)?.account.email).toBe('a')
})

test('a session is remembered while it holds', () => {
  const random = createRandom(1)
  const accounts = new Accounts([])
  const soon = new Date(Date.now() + 60_000).toISOString()
  accounts.giveBack({ account: account('a'), session: session(soon) }, false, 0)
  expect(accounts.take(random, 'na', 0)?.session).toBeUndefined()
  const later = new Date(Date.now() + 3_600_000).toISOString()
  accounts.giveBack({ account: account('a'), session: session(later) }, false, 0)
  expect(accounts.take(random, 'na', 0)?.session?.expiresAt).toBe(later)
})

test.each<[string, unknown, string]>([
  ['an unknown step', { journeys: [{ name: 'a', weight: 1, steps: [{ do: 'steal' }] }] }, 'journeys[0].steps[0].do'],
  ['an unknown member', { speed: 1 }, 'speed'],
  [
    'no weight',
    { journeys: [{ name: 'a', weight: 0, steps: [{ do: 'home' }] }], opening: undefined },
    'no journey has a weight',
  ],
  [
    'a name twice',
    { journeys: [1, 2].map(() => ({ name: 'a', weight: 1, steps: [{ do: 'home' }] })), opening: 'a' },
    'twice',
  ],
  ['an opening that is not there', { opening: 'nothing' }, 'opening'],
  ['a falling range', { thinkMs: [2, 1] }, 'thinkMs'],
  ['a missing region', { regions: { na: 1 } }, 'regions'],
])('journeys with %s are refused, with the file and the place named', (_what, change, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-journeys-'))
  const file = join(folder, 'journeys.json')
  writeFileSync(file, JSON.stringify({ ...defaultJourneys, ...(change as object) }))
  expect(() => readJourneys(file)).toThrow(message)
  expect(() => readJourneys(file)).toThrow(file)
  writeFileSync(file, JSON.stringify({ ...defaultJourneys, thinkMs: [1, 2] }))
  expect(readJourneys(file).thinkMs).toEqual([1, 2])
  rmSync(folder, { recursive: true })
})
