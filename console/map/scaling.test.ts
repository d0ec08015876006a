import { expect, test } from 'vitest'
import { buildMap } from './map-model.ts'
import { noSamples } from './map-queries.ts'
import { replicasInWords, scalingOf } from './scaling.ts'
import { cluster, status } from './testing.ts'

const { nodes } = buildMap(
  [
    ...cluster,
    status('edge-na-2', 'edge'),
    status('edge-eu-2', 'edge', 'eu'),
    status('ledger-na', 'ledger'),
    status('ledger-na-2', 'ledger'),
    status('ledger-eu', 'ledger', 'eu'),
    status('ledger-asia', 'ledger', 'asia'),
  ],
  noSamples,
)

test.each([
  // One in each region of a regional kind.
  ['edge', 'eu', { kind: 'scales', replicas: 2, perRegion: true }],
  ['orders', 'na', { kind: 'scales', replicas: 2, perRegion: false }],
  // The ledger's is the number of its members, wherever they stand.
  ['ledger', 'na', { kind: 'scales', replicas: 4, perRegion: false }],
  ['ledger', 'asia', { kind: 'scales', replicas: 4, perRegion: false }],
  ['frontdoor', 'global', { kind: 'fixed', why: 'it is the one address that customers know' }],
])('%s in %s', (kind, region, expected) => {
  expect(scalingOf({ kind, region }, nodes)).toEqual(expected)
})

test('in words', () => {
  expect(replicasInWords(1, true)).toBe('1 replica in each region')
  expect(replicasInWords(2, false)).toBe('2 replicas')
})
