import { expect, test } from 'vitest'
import { fakeCaller } from '../../../../test/fake-caller.ts'
import { until } from '../../../../test/until.ts'
import { flood } from './flood.ts'

test('asks for its paths in turn, whatever the answers are, until it is ended', async () => {
  const paths = ['/api/search?q=a', '/api/search?q=b']
  const fake = fakeCaller('frontdoor', {
    'GET /api/search': ({ path }) => ({ status: path.endsWith('a') ? 200 : 503 }),
  })
  const replicas: object[] = []
  let closed = false
  const caller = (callee: string) => {
    expect(callee).toBe('frontdoor')
    const close = async () => {
      closed = true
    }
    return { ...fake, snapshot: () => ({ replicas }), close } as never
  }
  const end = flood(
    { callee: 'frontdoor', perS: 200, paths },
    { instance: 'a', remainingMs: 60_000, surroundings: { caller } as never },
  )
  expect(fake.requests).toEqual([])
  replicas.push({})
  await until('requests', () => fake.requests.length >= 10)
  end()
  const { length } = fake.requests
  expect(fake.requests.slice(0, 4).map(({ path }) => path)).toEqual([...paths, ...paths])
  expect(closed).toBe(true)
  // Another flood of the same kind has its turns, and this one none.
  const other = fakeCaller('frontdoor', { 'GET /api/search': { status: 200 } })
  const endOther = flood(
    { callee: 'frontdoor', perS: 200, paths },
    {
      instance: 'b',
      remainingMs: 60_000,
      surroundings: { caller: () => ({ ...other, snapshot: () => ({ replicas }), close: async () => {} }) } as never,
    },
  )
  await until('requests of the other', () => other.requests.length >= 10)
  endOther()
  expect(fake.requests.length).toBe(length)
})
