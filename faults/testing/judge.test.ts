import { expect, test } from 'vitest'
import { customerErrorRatio, customerP95, formatIndicator, goodShare } from '../indicators.ts'
import { judge, median } from './judge.ts'

test.each([
  ['all of it gone', customerErrorRatio, 0, 0.4, 0, 'helps'],
  ['a quarter gone', customerErrorRatio, 0, 0.4, 0.3, 'helps'],
  ['less than a quarter gone', customerErrorRatio, 0, 0.4, 0.31, 'does not help'],
  ['worse', customerP95, 0.1, 1, 1.2, 'does not help'],
  ['no more than chance', customerP95, 0.1, 0.18, 0.14, 'does not help'],
  ['nothing to reduce', customerP95, 0.1, 0.12, 0.1, 'no impact to reduce'],
  ['less is worse', goodShare, 1, 0, 0.9, 'helps'],
  ['less is worse, and less still', goodShare, 1, 0.5, 0.3, 'does not help'],
  ['no value with it', customerP95, 0.1, 1, null, 'does not help'],
  ['none when healthy', customerErrorRatio, null, 0.5, 0, 'helps'],
] as const)('%s', (_name, indicator, healthy, without, remedied, verdict) => {
  expect(judge(indicator, { healthy, without, with: remedied })).toBe(verdict)
})

test.each([
  [[], null],
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 2, 10], 3],
])('the median of %j is %j', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test.each([
  [0.123, customerErrorRatio, '12 %'],
  [0.0123, customerErrorRatio, '1.2 %'],
  [0, customerErrorRatio, '0 %'],
  [0.0871, customerP95, '87 ms'],
  [2.345, customerP95, '2.3 s'],
  [null, customerP95, 'no value'],
])('%j, formatted (%#)', (value, indicator, text) => {
  expect(formatIndicator(value, indicator)).toBe(text)
})
