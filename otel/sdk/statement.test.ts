import { expect, test } from 'vitest'
import { summarizeStatement } from './statement.ts'

test.each([
  ['SELECT id FROM orders WHERE id = $1', 'SELECT orders'],
  ['  insert into charges (id) values ($1) on conflict do nothing', 'INSERT charges'],
  ['UPDATE stock SET reserved = reserved + $1 FROM products p WHERE p.id = $2', 'UPDATE stock products'],
  ['select 1', 'SELECT'],
  ['BEGIN', 'BEGIN'],
  ['DELETE FROM "basket_items" WHERE user_id = $1', 'DELETE basket_items'],
  ['WITH wanted AS (SELECT * FROM unnest($1::text[])) INSERT INTO lines SELECT * FROM wanted', 'INSERT lines'],
  ['SELECT id FROM orders FOR UPDATE SKIP LOCKED', 'SELECT orders'],
  ['', 'QUERY'],
])('%s', (text, summary) => {
  expect(summarizeStatement(text).summary).toBe(summary)
})
