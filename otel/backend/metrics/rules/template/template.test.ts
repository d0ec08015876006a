import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { promtool, promtoolTest } from '../testing/promtool.ts'
import { expandTemplate } from './expand-template.ts'
import { parseTemplate } from './template-parser.ts'

const labels = { instance: 'orders-1:8080', region: 'eu', empty: '' }
const samples = [
  { Labels: { __name__: 'up', instance: 'b' }, Value: 1 },
  { Labels: { __name__: 'up', instance: 'a' }, Value: 0 },
]

async function expand(source: string, value = 0.5): Promise<string> {
  return expandTemplate(parseTemplate(source), { labels, value, query: async () => samples })
}

/** Templates with what they give for a value of 0.5; promtool is asked about all of them below. */
const table: [string, string][] = [
  ['plain {text} }} here', 'plain {text} }} here'],
  ['{{ $labels.instance }} in {{ .Labels.region }}{{ $labels.none }}', 'orders-1:8080 in eu'],
  ['{{ $value }} {{ .Value }} {{$value}}', '0.5 0.5 0.5'],
  ['a {{- " b " -}} c', 'a b c'],
  ['a {{/* comment */}} b {{- /* trimmed */ -}} c', 'a  bc'],
  ['{{ "quoted \\"x\\"\\n" }}{{ `raw \\n` }}', 'quoted "x"\nraw \\n'],
  ['{{ 1 }} {{ -2 }} {{ 1.50 }} {{ 1e7 }} {{ true }}', '1 -2 1.5 1e+07 true'],
  ['{{ $value | humanizePercentage }} {{ humanize $value }}', '50% 500m'],
  ['{{ printf "%.2f %v %g %e" $value $value $value $value }}', '0.50 0.5 0.5 5.000000e-01'],
  ['{{ printf "%6.1f|%-6.1f|%06.1f|%+.0f" $value $value $value 3.0 }}', '   0.5|0.5   |0000.5|+3'],
  ['{{ printf "%s=%q %d %5d|%t %%" "a" "b" 3 4 true }}', 'a="b" 3     4|true %'],
  ['{{ if gt $value 0.4 }}high{{ else }}low{{ end }}', 'high'],
  ['{{ if gt $value 0.9 }}high{{ else if gt $value 0.4 }}middle{{ else }}low{{ end }}', 'middle'],
  ['{{ if and (eq $labels.region "eu") (ne $labels.instance "x") }}yes{{ end }}', 'yes'],
  ['{{ if or $labels.empty (not $labels.region) }}a{{ else }}b{{ end }}', 'b'],
  ['{{ with $labels.region }}<{{ . }}>{{ end }}{{ with $labels.empty }}x{{ else }}none{{ end }}', '<eu>none'],
  [
    '{{ $x := "a" }}{{ $x }}{{ $x = "b" }}{{ $x }}{{ if true }}{{ $x := "c" }}{{ $x }}{{ $x = "d" }}{{ end }}{{ $x }}',
    'abcb',
  ],
  ['{{ len $labels.region }} {{ index $labels "region" }}', '2 eu'],
  ['{{ $labels.instance | stripPort | toUpper }}', 'ORDERS-1'],
  ['{{ title "hello wide world" }} {{ toLower "ABC" }}', 'Hello Wide World abc'],
  ['{{ match "^eu" $labels.region }} {{ reReplaceAll "o(r)" "<$1>" $labels.instance }}', 'true <r>ders-1:8080'],
  ['{{ print "a" 1 2 "b" 3.5 }} {{ println "x" 1 }}', 'a1 2b3.5 x 1\n'],
  ['{{ eq 1 1 }} {{ lt "a" "b" }} {{ le 1.5 1.5 }} {{ ge 1 2 }} {{ eq "a" "b" "a" }}', 'true true true false true'],
  ['{{ humanizeDuration 93784.5 }} {{ humanizeDuration 0.0012 }} {{ humanize1024 1536.0 }}', '1d 2h 3m 4s 1.2ms 1.5ki'],
  ['{{ humanizeTimestamp 1700000000.25 }}', '2023-11-14 22:13:20.249 +0000 UTC'],
]

test.each(table)('%s', async (source, expected) => {
  expect(await expand(source)).toBe(expected)
})

describe('queries', () => {
  test.each([
    ['{{ range query "up" }}{{ .Labels.instance }}={{ .Value }} {{ end }}', 'b=1 a=0 '],
    ['{{ range $i, $s := query "up" }}{{ $i }}:{{ $s.Labels.instance }} {{ end }}', '0:b 1:a '],
    ['{{ range query "up" | sortByLabel "instance" }}{{ . | label "instance" }}{{ end }}', 'ab'],
    ['{{ query "up" | first | value }} {{ (query "up" | first).Labels.instance }}', '1 b'],
    ['{{ with query "up" }}{{ . | first | label "instance" }}{{ end }}', 'b'],
  ])('%s', async (source, expected) => {
    expect(await expand(source)).toBe(expected)
  })
})

test.each([
  ['{{ $labels.x', 'unclosed action'],
  ['{{ }}', 'missing value in an action'],
  ['{{ if true }}x', '{{if}} without {{end}}'],
  ['x{{ end }}', 'unexpected {{end}}'],
  ['{{ $nope }}', 'undefined variable "$nope"'],
  ['{{ graphLink "up" }}', 'function "graphLink" is not supported'],
  ['{{ define "x" }}{{ end }}', '{{define}} is not supported'],
  ['{{ "a" "b" }}', 'only a function takes arguments'],
  ['{{ (1 }}', 'parentheses do not match'],
  ['{{ "bad \\z" }}', 'unknown escape'],
  ['{{ a # b }}', 'unexpected "#" in an action'],
])('%s is refused when it is loaded', (source, message) => {
  expect(() => parseTemplate(source)).toThrow(message)
})

test.each([
  ['{{ gt $value 1 }}', 'incompatible types for comparison'],
  ['{{ first (query "up" | sortByLabel "x") "y" }}', 'wrong number of arguments for first'],
  ['{{ printf "%d" $value }}', 'does not fit'],
  ['{{ printf "%z" $value }}', 'does not fit'],
  ['{{ $value.x }}', 'there is no field x'],
  ['{{ humanize "abc" }}', "can't convert"],
])('%s fails when it is expanded', async (source, message) => {
  await expect(expand(source)).rejects.toThrow(message)
})

describe('as promtool expands it', () => {
  const values = [0.5, 1_234_567.875, 0.00001, 123_456, 1e6, 61.5, -0.1234, 0, 3_723, 1e15, 1e-9, 999.99, 1000, 1.5e18]
  const everywhere =
    '{{ $value }} {{ humanize $value }} {{ humanize1024 $value }} {{ humanizeDuration $value }} ' +
    '{{ humanizePercentage $value }} {{ printf "%.4g %.3f %e %g %08.2f" $value $value $value $value $value }}'

  promtoolTest('the table, and numbers of all sizes', async () => {
    const sources = table.map(([source]) => source)
    const tests = []
    for (const value of values) {
      const annotations: Record<string, string> = {}
      for (const [i, source] of [everywhere, ...sources].entries()) annotations[`a${i}`] = await expand(source, value)
      tests.push({
        interval: '1m',
        input_series: [{ series: 'm{instance="orders-1:8080",region="eu"}', values: String(value) }],
        alert_rule_test: [
          {
            eval_time: '0s',
            alertname: 'A',
            exp_alerts: [{ exp_labels: { instance: 'orders-1:8080', region: 'eu' }, exp_annotations: annotations }],
          },
        ],
      })
    }
    const rule = {
      alert: 'A',
      expr: 'm',
      annotations: Object.fromEntries([everywhere, ...sources].map((source, i) => [`a${i}`, source])),
    }
    const folder = mkdtempSync(join(tmpdir(), 'templates-'))
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'g', rules: [rule] }] }))
    writeFileSync(
      join(folder, 'test.yaml'),
      stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
    )
    const { ok, output } = promtool(['test', 'rules', 'test.yaml'], folder)
    rmSync(folder, { recursive: true })
    expect(output).toContain('SUCCESS')
    expect(ok).toBe(true)
  })
})
