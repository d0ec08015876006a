import { expect, test } from 'vitest'
import { acceptsOpenMetrics } from './exposition.ts'

test.each([
  // Of Prometheus itself.
  ['application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,*/*;q=0.1', true],
  ['Application/OpenMetrics-Text', true],
  ['application/openmetrics-text; q=0', false],
  ['application/openmetrics-text;q=0.000,text/plain', false],
  ['text/plain;version=0.0.4', false],
  ['*/*', false],
  ['', false],
  [undefined, false],
])('%s', (accept, expected) => {
  expect(acceptsOpenMetrics(accept)).toBe(expected)
})
