import pc from 'picocolors'
import { expect, test } from 'vitest'
import type { ActiveAlert } from '../prometheus.ts'
import { describeAlert, drawAlerts, sortAlerts } from './alert-blocks.ts'

process.env.TZ = 'UTC'

const NOW_MS = 1_732_314_612_345

function alert(
  name: string,
  state: string,
  severity: string,
  agoS: number | undefined,
  change: Partial<ActiveAlert> = {},
): ActiveAlert {
  return {
    labels: { alertname: name, severity, service: 'gateway', region: 'eu' },
    annotations: {
      summary: `${name}: 14 % of the customers in eu who want to pay get an error, which is fourteen times what the budget of a month allows`,
      runbook_url: 'https://example.com/faultline#checkout-errors',
    },
    state,
    activeAtMs: agoS === undefined ? undefined : NOW_MS - agoS * 1_000,
    value: 0.1432,
    ...change,
  }
}

const alerts = [
  alert('Slow', 'pending', 'critical', 5),
  alert('CheckoutErrors', 'firing', 'warning', 4_000),
  alert('HostileName\u001b[2J', 'firing', 'critical', undefined, {
    labels: { alertname: 'Hostile\u001b[2J' },
    annotations: {},
    value: Number.NaN,
  }),
  alert('ShopDown', 'firing', 'critical', 125),
]

test.each([80, 140])('alerts at %i columns', async (columns) => {
  const lines = drawAlerts(sortAlerts(alerts), NOW_MS, columns, pc.createColors(false))
  expect(lines.filter((line) => [...line].length > columns)).toEqual([])
  expect(lines.join('')).not.toContain('\u001b')
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`testdata/alerts-${columns}.txt`)
})

test('firing before pending, grave before light, old before new', () => {
  const given = [
    alert('a', 'pending', 'critical', 900),
    alert('b', 'firing', 'info', 900),
    alert('c', 'firing', 'home-made', 900),
    alert('d', 'firing', 'critical', 10),
    alert('e', 'firing', 'critical', 20),
    alert('f', 'firing', 'warning', 30),
  ]
  expect(sortAlerts(given).map((one) => describeAlert(one).name)).toEqual(['e', 'd', 'f', 'b', 'c', 'a'])
})

test.each([
  [{ summary: 's', description: 'd' }, 's', ''],
  [{ description: 'd', runbook: 'r' }, 'd', 'r'],
  [{ message: 'm', runbook_url: 'u', runbook: 'r' }, 'm', 'u'],
  [{}, '', ''],
])('annotations %j', (annotations, summary, runbook) => {
  expect(describeAlert({ ...alert('a', 'firing', 'info', 1), annotations })).toMatchObject({ summary, runbook })
})
