import { expect, test } from 'vitest'
import { compareTraces } from './compare-traces.ts'
import { testTrace } from './test-trace.ts'

const rows = (a: string, b: string) =>
  compareTraces(testTrace(a), testTrace(b)).map(
    ({ name, depth, a, b, deltaMicros }) =>
      `${'.'.repeat(depth)}${name} ${a?.count ?? 0}/${b?.count ?? 0} ${deltaMicros / 1000}`,
  )

test('the same calls are one row, whenever they were made', () => {
  const a = 'a s root 0+10\nb<a s find 1+2\nc<a s find 4+2'
  const b = 'a s root 5+30\nb<a s find 6+9'
  expect(rows(a, b)).toEqual(['root 1/1 20', '.find 2/1 5'])
})

test('what only one of them did stands where it belongs', () => {
  const a = 'a s root 0+10\nb<a s cached 1+1'
  const b = 'a s root 0+20\nb<a s fetch 1+15\nc<b t serve 2+10'
  expect(rows(a, b)).toEqual(['root 1/1 10', '.cached 1/0 -1', '.fetch 0/1 15', '..serve 0/1 10'])
})

test('the same name of another service is another call', () => {
  expect(rows('a s x 0+1', 'a t x 0+1')).toEqual(['x 1/0 -1', 'x 0/1 1'])
})

test('errors are counted by side', () => {
  const [row] = compareTraces(testTrace('a s x 0+1'), testTrace('a s x 0+1 error=true'))
  expect([row?.a?.errors, row?.b?.errors]).toEqual([0, 1])
})
