import { expect, test } from 'vitest'
import { watchedRules } from './watched-rules.ts'

test('alerting rules by name, each once, without what only an alert could fill in', () => {
  const rule = (name: string, summary: string, type = 'alerting') => ({ type, name, annotations: { summary } })
  const groups = [
    {
      rules: [
        rule('Slow', 'journeys of {{ $labels.region }} are slow'),
        rule('Slow', 'again'),
        rule('x:y', '', 'recording'),
      ],
    },
    { rules: [rule('Dead', 'a node died')] },
    {},
  ]
  expect(watchedRules({ groups })).toEqual([
    { name: 'Dead', summary: 'a node died' },
    { name: 'Slow', summary: 'journeys of … are slow' },
  ])
  expect(watchedRules(undefined)).toEqual([])
})
