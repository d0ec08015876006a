import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('by default everything is done, and nothing written', () => {
  const options = parseOptions([])
  expect(options).toMatchObject({ ids: [], alerts: true, contract: true, impact: true, full: false, write: false })
  expect(options.jobs).toBeGreaterThanOrEqual(1)
  expect(options.healthy).toBeUndefined()
})

test('names, switches and durations', () => {
  const argv = ['latency', '--no-alerts', 'crash', '--jobs', '3', '--limit', '20', '--write']
  expect(parseOptions(argv)).toMatchObject({
    ids: ['latency', 'crash'],
    alerts: false,
    jobs: 3,
    limitMin: 20,
    write: true,
  })
  expect(parseOptions(['--healthy', '10m', '--size', 'full'])).toMatchObject({ healthy: 600, size: 'full' })
  expect(parseOptions(['--healthy', '90s'])).toMatchObject({ healthy: 90, size: 'small' })
})
