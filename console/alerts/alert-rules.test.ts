import { expect, test } from 'vitest'
import { alertRules, ruleOf, unitOf, watchedRules } from './alert-rules.ts'

const rule = (name: string, summary: string, labels = {}, type = 'alerting') => ({
  type,
  name,
  query: `${name} > 1`,
  labels,
  annotations: { summary },
})

const groups = [
  {
    rules: [
      rule('Slow', 'journeys of {{ $labels.region }} are slow', { window: '5m' }),
      rule('Slow', 'again', { window: '30m' }),
      rule('x:y', '', {}, 'recording'),
    ],
  },
  { rules: [rule('Dead', 'a node died')] },
  {},
]

test('alerting rules by name, each once, without what only an alert could fill in', () => {
  expect(watchedRules(alertRules({ groups }))).toEqual([
    { name: 'Dead', summary: 'a node died' },
    { name: 'Slow', summary: 'journeys of … are slow' },
  ])
  expect(alertRules(undefined)).toEqual([])
})

test('an alert is of the rule whose name and labels it has', () => {
  const rules = alertRules({ groups })
  expect(ruleOf(rules, 'Slow', { window: '30m', region: 'na' })?.annotations).toEqual({ summary: 'again' })
  expect(ruleOf(rules, 'Slow', { window: '2h' })).toBeUndefined()
  expect(ruleOf(rules, 'Dead', {})?.query).toBe('Dead > 1')
})

test.each([
  ['{{ $value | humanizePercentage }} of requests fail', 'percentunit'],
  ['it waits {{ $value | humanizeDuration }}', 's'],
  ['{{ $value }} messages wait', 'short'],
  ['', 'short'],
])('the figure of %o is in %s', (summary, unit) => {
  expect(unitOf({ name: 'X', query: '', labels: {}, annotations: { summary } })).toBe(unit)
})
