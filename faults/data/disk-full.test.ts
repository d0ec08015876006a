import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { diskFull } from './disk-full.ts'

const fails = (text: string, given: object = {}) => {
  const parameters = diskFull.parameters.parse(given)
  return diskFull.acts.statement?.({ text, server: 'postgres-na', pool: 'primary' }, parameters, createRandom(1))
    ?.failure?.sqlState
}

test.each([
  'INSERT INTO orders (id) VALUES ($1)',
  '  update products set stock = 1',
  'DELETE FROM basket_items',
  'WITH next AS (SELECT id FROM job FOR UPDATE) UPDATE job SET state = 1 FROM next',
])('%s finds no room', (text) => {
  expect(fails(text)).toBe('53100')
})

test.each([
  'SELECT * FROM orders',
  'BEGIN',
  'COMMIT',
  'SELECT updated_at FROM orders',
  'WITH a AS (SELECT 1) SELECT * FROM a',
])('%s passes', (text) => {
  expect(fails(text)).toBeUndefined()
})
