import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue, findFault } from '../catalogue.ts'
import { tableOf, withTable } from './table.ts'
import { Verified, withContract } from './verified.ts'

const folder = resolve(import.meta.dirname, '..')
const readme = readFileSync(resolve(folder, 'README.md'), 'utf8')
const verified = Verified.parse(JSON.parse(readFileSync(resolve(folder, 'verified.json'), 'utf8')))
const run = { date: '2026-11-01', cores: 2, size: 'small' } as const

test('the table in the README is the one that the measurements make', () => {
  // `npm run faults:verify -- --table` writes it.
  expect(withTable(readme, tableOf(catalogue, verified))).toBe(readme)
})

test('every fault has a row, in the order of the catalogue, and nothing else has', () => {
  const ids = [...tableOf(catalogue, {}).matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)
  expect(ids).toEqual(catalogue.map(({ id }) => id))
  expect(Object.keys(verified).filter((id) => findFault(id) === undefined)).toEqual([])
})

test('what nobody has measured says so', () => {
  const latency = catalogue.filter(({ id }) => id === 'latency')
  const [, , row] = tableOf(latency, {}).split('\n')
  expect(row).toContain('| not measured yet | not measured yet | – | not measured yet |')
  expect(row).toContain('hedging on: not measured yet')
})

test('figures of other remedies than the present ones are not shown', () => {
  const latency = catalogue.filter(({ id }) => id === 'latency')
  const impact = { ...run, where: 'x', indicator: 'p95', healthy: 0.1, without: 0.7, remedies: [] }
  expect(tableOf(latency, { latency: { impact } })).toContain('hedging on: not measured yet')
})

test('a run that does not wait for alerts keeps the figure of one that did', () => {
  const verdict = { fault: 'latency', injection: {}, metricsS: 2.04, tracesS: null, clearedS: 9, failures: [] }
  const first = withContract({}, run, { ...verdict, alertS: 40 })
  expect(first.contract).toMatchObject({ metricsS: 2, tracesS: 'not seen', alertS: 40, where: 'the cluster' })
  expect(withContract(first, run, { ...verdict, alertS: 'none' }).contract?.alertS).toBe(40)
})

test('a document without markers is refused', () => {
  expect(() => withTable('# Faults', '| a |')).toThrow('generated table: begin')
})
