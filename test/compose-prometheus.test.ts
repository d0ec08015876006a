// The local run feeds the real Prometheus with the settings of docker-compose.yml: only the address of the control plane is another.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createMetricQueries } from './metric-queries.ts'
import { prometheusTest } from './prometheus-test.ts'
import { startTestCluster } from './running-cluster.ts'
import { startStackPrometheus } from './stack-prometheus.ts'

prometheusTest(
  'the local run is scraped by a real Prometheus as containers are, and the same rules run on it',
  async () => {
    const running = await startTestCluster({ load: 5 })
    const { urls, token } = running.cluster
    const tokenFile = join(running.dataDir, 'token')
    writeFileSync(tokenFile, token)
    const prometheus = await startStackPrometheus({ controlUrl: urls.control, tokenFile })
    try {
      const [real, embedded] = [createMetricQueries(prometheus.url), createMetricQueries(urls.prometheus)]
      const up = 'up{job="faultline"} == 1'
      const expected = (await running.cluster.supervision.processes())
        .filter(({ role }) => role !== 'primary' && role !== 'replica' && role !== 'console')
        .map(({ id }) => id)
      for (const queries of [real, embedded]) {
        await expect.poll(() => queries.valuesOf('instance', up), { timeout: 30_000 }).toEqual([...expected].sort())
      }
      const labels = async (queries: typeof real) => (await queries.vector('up{instance="orders-1"}'))[0]?.labels
      expect(await labels(real)).toEqual(await labels(embedded))
      const groups = async (queries: typeof real) => {
        const answer = await queries.api<{ groups: { name: string; rules: { name: string; health: string }[] }[] }>(
          'rules',
        )
        return answer.groups.map(({ name, rules }) => ({
          name,
          rules: rules.map((rule) => `${rule.name} ${rule.health}`),
        }))
      }
      await expect.poll(async () => JSON.stringify(await groups(real)), { timeout: 30_000 }).not.toContain('unknown')
      const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
      expect((await groups(real)).sort(byName)).toEqual((await groups(embedded)).sort(byName))
      const journeys = () => real.valuesOf('journey', 'journey:requests:rate30s > 0')
      await expect.poll(async () => (await journeys()).length, { timeout: 60_000 }).toBeGreaterThan(2)
    } finally {
      await prometheus.stop()
      await running.stop()
    }
  },
  300_000,
)
