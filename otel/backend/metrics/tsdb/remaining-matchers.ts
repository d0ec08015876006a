// Tests the matchers that the index has not already answered. Each distinct value is tested once: regular expressions are slow.
import { type Labels, labelValue } from '../../promql/labels.ts'
import type { Matcher } from '../../promql/matcher.ts'

/** A test of label sets against all matchers. */
export function matchesRemaining(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  if (matchers.length === 0) return () => true
  const tests = matchers.map(memoized)
  return (labels) => tests.every(({ name, test }) => test(labelValue(labels, name)))
}

function memoized(matcher: Matcher): { name: string; test: (value: string) => boolean } {
  if (matcher.operator === '=' || matcher.operator === '!=') {
    return { name: matcher.name, test: (value) => matcher.matches(value) }
  }
  const known = new Map<string, boolean>()
  const test = (value: string) => {
    let result = known.get(value)
    if (result === undefined) {
      result = matcher.matches(value)
      known.set(value, result)
    }
    return result
  }
  return { name: matcher.name, test }
}
