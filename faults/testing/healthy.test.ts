import { expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { lookBack } from './healthy.ts'
import type { Lab, RangeSeries } from './lab.ts'

const faults = catalogue.filter(({ id }) => id === 'latency' || id === 'crash')

/** What the one expression that contains these words has held at. */
function labWith(words: string, series: RangeSeries[]) {
  const asked: string[] = []
  const lab: Pick<Lab, 'range'> = {
    async range(promql) {
      asked.push(promql)
      return promql.includes(words) ? series : []
    },
  }
  return { lab, asked }
}

test('every signature and every alert is looked back on', async () => {
  const { lab, asked } = labWith('nothing', [])
  expect(await lookBack(lab, faults, 100, 160)).toEqual([])
  expect(asked).toEqual([...faults.map(({ signature }) => signature.promql), 'ALERTS{alertstate="firing"}'])
})

test('what held says when, counted from the begin', async () => {
  const { lab } = labWith('process_start_time_seconds', [{ labels: { instance: 'orders-1' }, timesS: [130, 131] }])
  expect(await lookBack(lab, faults, 100, 160)).toEqual([
    { what: 'crash', series: '{"instance":"orders-1"}', atS: [30, 31] },
  ])
})

test('an alert is a false alarm as well', async () => {
  const { lab } = labWith('ALERTS', [{ labels: { alertname: 'NodeDown' }, timesS: [100] }])
  expect(await lookBack(lab, faults, 100, 160)).toMatchObject([{ what: 'an alert', atS: [0] }])
})
