import { expect, test } from 'vitest'
import { type Folds, foldedSpans, noFolds, readFolds, toggleFold, unfoldTo, writeFolds } from './folds.ts'
import { testTrace } from './test-trace.ts'

const family = 'a s x 0+9\nb<a s y 1+5\nc<b s z 1+2\nd<c s z 1+1\ne<a s y 7+1'
const idsOf = (lines: string, folds: Folds) => {
  const { spans } = testTrace(lines)
  return [...foldedSpans(testTrace(lines), folds)].map((index) => spans[index]?.id).join(' ')
}

test.each([
  ['', ''],
  ['1', 'b c'],
  ['2', 'c'],
  ['.b', 'b'],
  ['1.b', 'c'],
  ['.a.c', 'a c'],
  // What has nothing below it, and what is not there, cannot be folded.
  ['.d.e.gone', ''],
])('%o folds %o', (text, expected) => {
  expect(idsOf(family, readFolds(text))).toBe(expected)
  expect(writeFolds(readFolds(text))).toBe(text)
})

test('what is folded stays folded in a trace that grew above and before it', () => {
  const grown = `r s w 0+20\n${family.replace('a s x', 'a<r s x')}\nq<r s y 0+1\np<q s y 0+1`
  expect(idsOf(grown, readFolds('.b'))).toBe('b')
  expect(idsOf(grown, readFolds('2.b'))).toBe('c')
})

test('folding and unfolding one span is nothing done', () => {
  for (const folds of [noFolds, readFolds('1.c')]) expect(toggleFold(toggleFold(folds, 'b'), 'b')).toEqual(folds)
})

test('all above a span is unfolded, and nothing else', () => {
  const trace = testTrace(family)
  const index = trace.spans.findIndex(({ id }) => id === 'c')
  expect(idsOf(family, unfoldTo(trace, index, readFolds('.a.b.c')))).toBe('c')
  expect(idsOf(family, unfoldTo(trace, index, readFolds('0')))).toBe('c')
  const folds = readFolds('2')
  expect(unfoldTo(trace, index, folds)).toBe(folds)
})

test('an address stays short: of very many toggled spans the last ones are kept', () => {
  const ids = Array.from({ length: 5_000 }, (_, index) => index.toString(16).padStart(16, '0'))
  const text = writeFolds({ depth: 2, toggled: new Set(ids) })
  expect(text.length).toBeLessThan(4_000)
  expect(text.endsWith(`.${ids.at(-1)}`)).toBe(true)
})
