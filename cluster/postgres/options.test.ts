import { expect, test } from 'vitest'
import { type PostgresOptions, parseOptions } from './options.ts'

const good: PostgresOptions = {
  dataDir: '/data',
  nodes: [{ name: 'postgres-na', region: 'na', role: 'primary' }],
  databases: [{ name: 'users', owner: 'users', password: 'long-enough' }],
}

test('defaults are filled in', () => {
  expect(parseOptions(good)).toMatchObject({ roles: [], nodes: [{ applyDelayMs: 0 }] })
})

test.each<[string, Partial<PostgresOptions>, RegExp]>([
  ['no primary', { nodes: [] }, /exactly one primary/],
  ['two primaries', { nodes: [...good.nodes, { name: 'b', region: 'eu', role: 'primary' }] }, /exactly one primary/],
  ['a name twice', { nodes: [...good.nodes, { name: 'postgres-na', region: 'eu', role: 'replica' }] }, /name twice/],
  ['a name that leaves the folder', { nodes: [{ name: '../x', region: 'na', role: 'primary' }] }, /nodes\[0\]\.name/],
  ['a port that the system gives away', { nodes: [{ ...good.nodes[0]!, port: 40_000 }] }, /port/],
  ['a reserved role', { databases: [{ name: 'users', owner: 'faultline', password: 'long-enough' }] }, /is reserved/],
  ['a system database', { databases: [{ name: 'template1', owner: 'users', password: 'long-enough' }] }, /is reserved/],
  [
    'an unknown database',
    { roles: [{ name: 'shipping', password: 'long-enough', databases: ['x'] }] },
    /no database "x"/,
  ],
])('%s is refused', (_, more, message) => {
  expect(() => parseOptions({ ...good, ...more })).toThrow(message)
})

test('an error does not show passwords', () => {
  const options = { ...good, databases: [{ name: 'Users', owner: 'users', password: 'hunter2-hunter2' }] }
  expect(() => parseOptions(options)).toThrow(/^(?![\s\S]*hunter2)[\s\S]*databases\[0\]\.name/)
})
