import { expect, test } from 'vitest'
import { isImplemented } from '../evaluate/call.ts'
import { functionNames, refusalOfFunction, signatureOf } from '../language/signatures.ts'

test('every function that the parser knows has an implementation', () => {
  // Those with a scalar result are the evaluator's own: pi, scalar, time.
  const vectorFunctions = functionNames().filter((name) => signatureOf(name)?.returns === 'vector')
  expect(vectorFunctions.filter((name) => !isImplemented(name))).toEqual([])
  expect(functionNames().length - vectorFunctions.length).toBe(3)
})

test('every stable function of Prometheus 3 on floats is known', () => {
  // docs/querying/functions.md, without experimental ones and those of native histograms.
  const stable =
    'abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh ' +
    'count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp floor histogram_fraction ' +
    'histogram_quantile hour idelta increase irate label_join label_replace last_over_time ln log10 log2 max_over_time ' +
    'min_over_time minute month pi predict_linear present_over_time quantile_over_time rad rate resets round scalar sgn sin sinh ' +
    'sort sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time tan tanh time timestamp vector year'
  expect(functionNames().toSorted()).toEqual(stable.split(' ').toSorted())
})

test.each([
  'histogram_avg',
  'info',
  'sort_by_label',
  'first_over_time',
  'holt_winters',
  'nope',
  'constructor',
  '__proto__',
])('%s is refused with a reason', (name) => {
  expect(refusalOfFunction(name)).toMatch(/not supported|unknown function/)
})
