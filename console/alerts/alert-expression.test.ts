import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readExpression, seriesOf } from './alert-expression.ts'

test.each([
  ['up == 0', 'up', '==', '0', false],
  ['a{x!="b"} / b > 14.4 * c and d > 5', 'a{x!="b"} / b', '>', '14.4 * c', true],
  ['sum by (a) (x > 3) >= 2', 'sum by (a) (x > 3)', '>=', '2', false],
  ['sum(a) == 0 unless on (i) time() - s < 60', 'sum(a)', '==', '0', true],
  ['lag{q="a and b > c"} > bool on (node) group_left (queue) 2', 'lag{q="a and b > c"}', '>', '2', false],
  ['android > 1', 'android', '>', '1', false],
])('%s', (expr, measured, operator, limit, isPart) => {
  expect(readExpression(expr)).toEqual({ measured, operator, limit, isPart })
})

test.each(['a > 1 or b > 2', 'absent(up)', 'a > b > 1', ''])('%o is not one comparison', (expr) => {
  expect(readExpression(expr)).toBeUndefined()
})

test('the rules of this project are read, but for two that are not one comparison', () => {
  const folder = join(import.meta.dirname, '../../otel/rules')
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  type Rules = { groups: { rules: { alert?: string; expr: string }[] }[] }
  const rules = files
    .flatMap((name) => (parse(readFileSync(join(folder, name), 'utf8')) as Rules).groups)
    .flatMap((group) => group.rules)
    .filter(({ alert }) => alert)
  expect(rules.length).toBeGreaterThan(30)
  const unread = rules.filter(({ expr }) => !readExpression(expr)).map(({ alert }) => alert)
  expect(unread).toEqual(['LedgerNoQuorum', 'CredentialsRefused'])
})

test('an alert is of the series whose labels it has', () => {
  const matrix = ['orders-1', 'orders-2'].map((instance) => ({ labels: { __name__: 'up', instance }, points: [] }))
  expect(seriesOf(matrix, { alertname: 'NodeDown', instance: 'orders-2', severity: 'cause' })).toBe(matrix[1])
  expect(seriesOf(matrix, { instance: 'users-1' })).toBeUndefined()
  const budget = [{ labels: {}, points: [] }]
  expect(seriesOf(budget, { journey: 'buy' })).toBe(budget[0])
})
