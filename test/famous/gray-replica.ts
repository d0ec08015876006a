// A gray replica: one of two is slow in all that it serves and quick in what its health is judged by. Its callers are the first to know.
import type { Scenario } from './scenario.ts'

const SLOW = 'products-na-2'
const DELAY_MS = 800
/** Of the calls to products; between what a healthy one takes and the delay. */
const PATIENCE_MS = 250

const calls = (bound: string) =>
  `sum(rate(http_client_request_duration_seconds_bucket{service="gateway", callee="products", le="${bound}"}[6s]))`
/** Share of the gateway's calls to products that take longer than half a second. */
const slowShare = `1 - ${calls('0.5')} / ${calls('+Inf')}`
const customersP99 = 'histogram_quantile(0.99, sum by (le) (rate(load_request_duration_seconds_bucket[10s])))'

export const grayReplica: Scenario = {
  id: 'gray-replica',
  size: 'small',
  load: 20,
  async run(stage) {
    await stage.control.scale({ body: { kind: 'products', replicas: 2 } })
    try {
      const balanced = async () =>
        (await stage.value(`sum(rate(http_server_request_duration_seconds_count{instance="${SLOW}"}[5s]))`)) > 1
      await stage.until('traffic to both replicas', balanced)
      await stage.until('quick answers of both', async () => (await stage.value(slowShare)) < 0.02)
      await stage.until('a short tail', async () => (await stage.value(customersP99)) < 0.75, 60_000)
      const healthyS = await stage.value(customersP99)
      const ejections = () => stage.told('gateway-na', 'faultline_ejections_total', { callee: 'products' })
      const ejectedBefore = await ejections()

      await stage.inject('slow-replica', { target: SLOW, parameters: { delayMs: DELAY_MS, jitterMs: 0 } })
      // Who balances prefers the replica with fewer calls under way, so that it is less than half of them.
      await stage.until('slow calls', async () => (await stage.value(slowShare)) > 0.08)
      await stage.until('the tail of what customers wait', async () => (await stage.value(customersP99)) > 0.8)
      const share = await stage.value(slowShare)
      const grayS = await stage.value(customersP99)
      // Whoever asks it how it is hears that all is well.
      const startMs = performance.now()
      const { status } = await fetch(`${await stage.urlOf(SLOW)}/readyz`)
      const healthCheckMs = performance.now() - startMs
      stage.expect('a health check that is quick and good', status === 200 && healthCheckMs < DELAY_MS, {
        status,
        healthCheckMs,
      })
      stage.expect('no scrape to fail', (await stage.value(`min_over_time(up{instance="${SLOW}"}[8s])`)) === 1)
      const { nodes } = await stage.control.getStatus({})
      stage.expect(
        'all nodes to be ready',
        nodes.every(({ ready }) => ready),
      )
      stage.expect('nobody to eject it, for it does not fail', (await ejections()) === ejectedBefore)

      // Slowness counts as failure: ejection, which is on, does the rest.
      await stage.setPolicies({ name: 'timeoutMs', value: PATIENCE_MS, callee: 'products' })
      const tookS = await stage.until('the slow calls to go', async () => (await stage.value(slowShare)) < share / 4)
      stage.expect('ejections', (await ejections()) > ejectedBefore)
      await stage.until('the tail to shrink', async () => (await stage.value(customersP99)) < 0.9 * grayS, 60_000)
      const seconds = (value: number) => `${(value * 1_000).toFixed(0)} ms`
      stage.note(
        '99th percentile of customers',
        `${seconds(healthyS)}, gray ${seconds(grayS)}, with ejection ${seconds(await stage.value(customersP99))}`,
      )
      stage.note(
        'slow calls to products',
        `${(share * 100).toFixed(0)} %, under a quarter of that ${tookS.toFixed(1)} s after the remedy`,
      )
      stage.note('its health check meanwhile', `${status} in ${healthCheckMs.toFixed(0)} ms`)
    } finally {
      await stage.control.clearFaults({})
      await stage.control.scale({ body: { kind: 'products', replicas: 1 } })
    }
  },
}
