import { expect, test } from 'vitest'
import { labelsFrom } from '../../promql/labels.ts'
import { type Alert, activeAlerts, stepAlerts } from './alert-state.ts'

const labels = labelsFrom({ alertname: 'A', instance: 'x' })

/** Runs one alert through seconds in which its condition holds (`x`) or not (`.`), and draws its state: p, F or `.`. */
function draw(conditions: string, forSeconds: number, keepSeconds = 0): string {
  let alerts: Map<string, Alert> = new Map()
  let drawn = ''
  for (const [second, condition] of [...conditions].entries()) {
    const holding = condition === 'x' ? [{ labels, annotations: {}, value: second }] : []
    const timing = { forMs: forSeconds * 1000, keepFiringForMs: keepSeconds * 1000 }
    alerts = stepAlerts(alerts, holding, timing, second * 1000)
    const [alert] = activeAlerts(alerts)
    drawn += alert === undefined ? '.' : alert.state === 'firing' ? 'F' : 'p'
  }
  return drawn
}

test.each([
  // Without `for` it fires at once.
  ['.xx.x', 0, 0, '.FF.F'],
  // With it, only after the condition has held so long, without a gap.
  ['.xxxxx..', 3, 0, '.pppFF..'],
  ['xxx.xxxx', 3, 0, 'ppp.pppF'],
  // It keeps firing, and the time begins again when the condition returns.
  ['xx.....x', 0, 3, 'FFFFF..F'],
  ['xx..x....', 0, 3, 'FFFFFFFF.'],
  // A pending alert is not kept.
  ['xx.....', 5, 3, 'pp.....'],
  // A resolved one begins anew.
  ['xxx.xxx', 2, 0, 'ppF.ppF'],
])('%s for %ds, kept %ds: %s', (conditions, forSeconds, keepSeconds, expected) => {
  expect(draw(conditions, forSeconds, keepSeconds)).toBe(expected)
})

test('value and annotations are those of the latest evaluation, the time of the first', () => {
  const timing = { forMs: 0, keepFiringForMs: 0 }
  const first = stepAlerts(new Map(), [{ labels, annotations: { a: '1' }, value: 1 }], timing, 1000)
  const second = stepAlerts(first, [{ labels, annotations: { a: '2' }, value: 2 }], timing, 2000)
  expect(activeAlerts(second)).toMatchObject([{ annotations: { a: '2' }, value: 2, activeAtMs: 1000, state: 'firing' }])
})

test('a resolved alert is forgotten after a quarter of an hour', () => {
  const timing = { forMs: 0, keepFiringForMs: 0 }
  let alerts = stepAlerts(new Map(), [{ labels, annotations: {}, value: 1 }], timing, 0)
  alerts = stepAlerts(alerts, [], timing, 1000)
  expect(alerts.get(labels.key)).toMatchObject({ state: 'inactive', resolvedAtMs: 1000 })
  expect(stepAlerts(alerts, [], timing, 901_000).size).toBe(1)
  expect(stepAlerts(alerts, [], timing, 901_001).size).toBe(0)
})
