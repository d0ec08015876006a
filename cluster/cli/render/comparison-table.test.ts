import pc from 'picocolors'
import { expect, test } from 'vitest'
import type { Figures, Schedule } from '../../../faults/schedules/schedule.ts'
import { compare } from '../../replay/compare.ts'
import { drawComparison } from './comparison-table.ts'

const figures = (offered: number, failed: number, p95Ms: number | null): Figures => ({
  ...{ offered, good: offered - failed, failed, dropped: 0, p50Ms: p95Ms === null ? null : p95Ms / 4, p95Ms },
})
const base = { format: 'faultline-schedule', version: 1, size: 'small', seed: 3, durationS: 15 } as const
const inject = (atS: number, id: string, delayMs: number) => ({
  ...{ atS, do: 'inject' as const, id, fault: 'latency', from: 'gateway-na', to: 'products-na' },
  ...{ parameters: { delayMs }, forS: 6, seed: 1 },
})

const recorded: Schedule = {
  ...base,
  load: 20,
  events: [
    inject(5, 'latency-3', 400),
    { atS: 10, do: 'kill', node: 'media-1' },
    { atS: 11, do: 'end', id: 'latency-3' },
  ],
  outcome: {
    intervalS: 5,
    intervals: [figures(100, 0, 200), figures(98, 30, 1_900), figures(103, 12, 900)],
    totals: figures(301, 42, 1_500),
    alerts: [{ name: 'CustomersSeeErrors', fromS: 9, untilS: null }],
    signatures: [{ fault: 'latency', fromS: 6 }],
  },
}
const run: Schedule = {
  ...base,
  load: 20,
  events: [
    { atS: 0.02, do: 'set', name: 'hedging', value: true, caller: 'gateway', callee: 'products' },
    inject(5.01, 'latency-1', 100),
    { atS: 11.01, do: 'end', id: 'latency-1' },
  ],
  outcome: {
    intervalS: 5,
    intervals: [figures(100, 0, 210), figures(99, 1, 420), figures(102, 0, null)],
    totals: figures(301, 1, 380),
    alerts: [],
    signatures: [{ fault: 'latency', fromS: null }],
  },
}
const pen = { colors: pc.createColors(false), columns: 120 }
const titles = { recorded: 'recorded', run: 'this run' }

test('intervals side by side, events between them, and what it came to', () => {
  expect(drawComparison(compare(recorded, run), titles, pen).join('\n')).toMatchInlineSnapshot(`
    "                                          recorded │                             this run
          seconds offered  good failed  p50 ms  p95 ms │ offered  good failed  p50 ms  p95 ms
                0 ● load 20/s
              0–5     100   100      0      50     200 │     100   100      0      53     210
              0.0 ▶ hedging of gateway → products = true (this run only)
                5 ◀ latency at gateway-na → products-na, for 6 s, delayMs=400 (recorded)
                5 ▶ latency at gateway-na → products-na, for 6 s, delayMs=100 (this run)
             5–10      98    68     30     475    1900 │      99    98      1     105     420
               10 ◀ media-1 killed (recorded only)
            10–15     103    91     12     225     900 │     102   102      0       –       –
               11 ● latency-3 ended

    in all           recorded    this run    difference
    offered               301         301             0
    good                  259         300           +41
    failed                 42           1           -41
    dropped                 0           0             0
    goodput            17.3/s      20.0/s        +2.7/s
    errors             14.0 %       0.3 %       -13.6 %
    p50                375 ms       95 ms       -280 ms
    p95               1500 ms      380 ms      -1120 ms

    alert since             recorded    this run
    CustomersSeeErrors           9 s           –

    signature since      recorded    this run
    latency                   6 s           –"
  `)
})

test('a recording without an outcome leaves its side empty', () => {
  const { outcome: _, ...plan } = recorded
  const { rows, totals } = compare(plan, run)
  expect(rows.filter(({ kind }) => kind === 'interval')).toHaveLength(3)
  expect(totals.find(({ what }) => what === 'good')).toMatchObject({ recorded: null, run: 300, difference: null })
})

test('an injection is the same by what it does and where, whatever each cluster calls it', () => {
  const events = compare(recorded, run).rows.flatMap((row) => (row.kind === 'event' ? [row] : []))
  expect(events.map(({ in: where, text }) => `${where}: ${text}`)).toEqual([
    'both: load 20/s',
    'run: hedging of gateway → products = true',
    'both: latency at gateway-na → products-na, for 6 s, delayMs=400',
    'recorded: media-1 killed',
    'both: latency-3 ended',
  ])
})

test('a run of another length is compared as far as both go', () => {
  const longer = {
    ...run,
    durationS: 20,
    outcome: { ...outcomeOf(run), intervals: [...outcomeOf(run).intervals, figures(90, 0, 100)] },
  }
  const last = compare(recorded, longer).rows.findLast(({ kind }) => kind === 'interval')
  expect(last).toMatchObject({ fromS: 15, untilS: 20, recorded: null, run: { offered: 90 } })
})

function outcomeOf({ outcome }: Schedule) {
  if (!outcome) throw new Error('it has an outcome')
  return outcome
}
