import { expect, test } from 'vitest'
import { parseRuleFile, RuleFileError } from './rule-file.ts'

const parse = (text: string) => parseRuleFile(text, 'shop.yaml', 60_000)

test('groups with recording and alerting rules', () => {
  const [group] = parse(`
groups:
  - name: checkout
    interval: 5s
    limit: 10
    rules:
      - record: checkout:errors:ratio_rate1m
        expr: sum by(region)(rate(errors_total[1m]))/sum   by (region) (rate(requests_total[1m]))
        labels: {team: shop, number: 7}
      - alert: CheckoutFails
        expr: checkout:errors:ratio_rate1m > 0.1
        for: 1m30s
        keep_firing_for: 30s
        labels: {severity: page}
        annotations:
          summary: '{{ $value | humanizePercentage }} of checkouts fail in {{ $labels.region }}'
      - alert: One
        expr: 1
`)
  expect(group).toMatchObject({ name: 'checkout', file: 'shop.yaml', intervalMs: 5000, limit: 10 })
  expect(group?.rules).toMatchObject([
    {
      kind: 'recording',
      name: 'checkout:errors:ratio_rate1m',
      query: 'sum by (region) (rate(errors_total[1m])) / sum by (region) (rate(requests_total[1m]))',
      labels: { team: 'shop', number: '7' },
    },
    {
      kind: 'alerting',
      name: 'CheckoutFails',
      forMs: 90_000,
      keepFiringForMs: 30_000,
      labels: { severity: { source: 'page' } },
    },
    { kind: 'alerting', name: 'One', query: '1', forMs: 0, keepFiringForMs: 0, labels: {}, annotations: {} },
  ])
})

test.each(['', 'groups:\n', 'groups: []\n'])('an empty file has no groups: %j', (text) => {
  expect(parse(text)).toEqual([])
})

test('every scalar is a text, and a key without a value is none', () => {
  const [group] = parse(
    'groups:\n- name: 0x10\n  limit:\n  rules:\n  - alert: on\n    expr: 010\n    for:\n    labels: {version: 1.10}\n    annotations:\n',
  )
  expect(group).toMatchObject({ name: '0x10', limit: 0 })
  expect(group?.rules).toMatchObject([
    { name: 'on', query: '8', forMs: 0, labels: { version: { source: '1.10' } }, annotations: {} },
  ])
})

test('the default interval', () => {
  expect(parse('groups: [{name: g}]')).toMatchObject([{ intervalMs: 60_000, rules: [] }])
})

const rule = (text: string) => `groups:\n  - name: g\n    rules:\n      - ${text}\n`

test.each([
  ['groups: [', /^shop\.yaml: .*/],
  ['groups: {}\n', /^shop\.yaml:1: groups: .*expected array/],
  ['group: []\n', /^shop\.yaml:1: : Unrecognized key: "group"$/],
  ['groups:\n  - rules: []\n', /^shop\.yaml:2: groups\[0\]\.name: .*expected string/],
  [
    'groups:\n  - name: g\n    interval: 5x\n',
    /^shop\.yaml:3: groups\[0\]\.interval: not a valid duration string: "5x"$/,
  ],
  ['groups:\n  - name: g\n    interval: 0s\n', /^shop\.yaml:3: groups\[0\]\.interval: must be longer than 0s$/],
  [
    'groups:\n  - name: g\n  - name: g\n',
    /^shop\.yaml:3: groups\[1\]\.name: groupname: "g" is repeated in the same file$/,
  ],
  [rule('expr: 1'), /^shop\.yaml:4: groups\[0\]\.rules\[0\]: a rule has either "record" or "alert"$/],
  [rule('{record: a, alert: b, expr: 1}'), /a rule has either "record" or "alert"$/],
  [
    rule('record: a\n        expr: sum('),
    /^shop\.yaml:5: groups\[0\]\.rules\[0\]\.expr: could not parse expression: 1:5: parse error: /,
  ],
  [rule('record: a-b\n        expr: 1'), /^shop\.yaml:4: .*\.record: invalid recording rule name$/],
  [rule('record: a\n        expr: 1\n        for: 1m'), /Unrecognized key: "for"$/],
  [rule('record: a\n        expr: 1\n        labels: {1a: x}'), /labels/],
  [rule('alert: a\n        expr: 1\n        labels: {__name__: x}'), /__name__/],
  [
    rule('alert: a\n        expr: 1\n        annotations:\n          x: "{{ $nope }}"'),
    /^shop\.yaml:7: .*\.annotations\.x: could not parse template: undefined variable "\$nope"$/,
  ],
  [
    rule('alert: a\n        expr: 1\n        annotations: {x: "{{ tableLink 1 }}"}'),
    /function "tableLink" is not supported$/,
  ],
  [rule('alert: a\n        expr: 1\n        alerts: x'), /Unrecognized key: "alerts"$/],
])('refuses %j', (text, fault) => {
  let faults: readonly string[] = []
  try {
    parse(text)
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error
    faults = error.faults
  }
  expect(faults[0]).toMatch(fault)
})

test('all faults of a file are told', () => {
  const text = `${rule('{record: a, expr: "sum("}')}      - {alert: b, expr: ")"}\n`
  expect(() => parse(text)).toThrow(RuleFileError)
  try {
    parse(text)
  } catch (error) {
    expect(error instanceof RuleFileError && error.faults).toHaveLength(2)
  }
})
