// The dashboard "Telemetry itself" under docker-compose.yml: its queries of the Collector, Jaeger, Loki and Prometheus find what these tell, by the
// scrape settings of the stack. Prometheus is the real one; the others' pages are written after their documentation.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, vi } from 'vitest'
import { interpolate } from '../dashboards/queries/interpolate.ts'
import { panelQueries, standardChoice } from '../dashboards/queries/read-queries.ts'
import { telemetry } from '../dashboards/telemetry.ts'
import { createMetricQueries } from './metric-queries.ts'
import { prometheusTest } from './prometheus-test.ts'
import { startStackPrometheus } from './stack-prometheus.ts'

/** https://opentelemetry.io/docs/collector/internal-telemetry/#lists-of-internal-metrics, with the suffixes that otel/collector.yaml asks for. */
function collectorPage(spans: number): string {
  const resource = 'service_name="otelcol-contrib",service_version="0.141.0",service_instance_id="5b7e"'
  const lines = [
    `otelcol_receiver_accepted_spans_total{receiver="otlp",transport="http",${resource}} ${spans}`,
    `otelcol_receiver_refused_spans_total{receiver="otlp",transport="http",${resource}} 0`,
    `otelcol_receiver_accepted_log_records_total{receiver="otlp",transport="http",${resource}} ${spans}`,
    `otelcol_exporter_send_failed_spans_total{exporter="otlp/jaeger",${resource}} 0`,
    `otelcol_exporter_queue_size{exporter="otlp/jaeger",data_type="traces",${resource}} 3`,
    `otelcol_process_cpu_seconds_total{${resource}} ${spans / 1_000}`,
    `otelcol_process_memory_rss{${resource}} 9e+07`,
    `otelcol_processor_batch_batch_send_size_sum{processor="batch",${resource}} ${spans}`,
  ]
  return `${lines.join('\n')}\n`
}

const all = ['collector', 'jaeger', 'loki', 'prometheus']

/** What the embedded backend tells of itself has no counterpart here. */
const ofStack = /otelcol_|prometheus_tsdb_|service=~"backend\|collector/

prometheusTest(
  'what the Collector, Jaeger, Loki and Prometheus tell of themselves is on the dashboard',
  async () => {
    let spans = 0
    const pages: Record<string, () => string> = {
      collector: () => collectorPage(spans),
      // Built on the Collector.
      jaeger: () => collectorPage(spans / 2),
      loki: () =>
        `process_cpu_seconds_total ${spans / 1_000}\nprocess_resident_memory_bytes 9e+07\nloki_panic_total 0\n`,
    }
    const servers = Object.values(pages).map((page) =>
      createServer((_request, response) => {
        spans += 50
        response.setHeader('content-type', 'text/plain; version=0.0.4').end(page())
      }),
    )
    const [collector = '', jaeger = '', loki = ''] = await Promise.all(servers.map(listen))
    const backends = { collector, jaeger, loki }
    const prometheus = await startStackPrometheus({
      controlUrl: 'http://127.0.0.1:1',
      tokenFile: '/dev/null',
      backends,
    })
    try {
      const metrics = createMetricQueries(prometheus.url)
      const choice = standardChoice(telemetry)
      const asked = panelQueries(telemetry).filter(({ expr }) => ofStack.test(expr))
      expect(asked.length).toBeGreaterThanOrEqual(8)
      const empty = async () => {
        const endMs = Date.now()
        const scope = { startMs: endMs - 60_000, endMs, stepMs: 5_000 }
        const answers = await Promise.all(
          asked.map(async ({ place, expr }) => ({
            place,
            found: (await metrics.vector(interpolate(expr, choice, scope))).length,
          })),
        )
        return answers.filter(({ found }) => found === 0).map(({ place }) => place)
      }
      await vi.waitFor(async () => expect(await empty()).toEqual([]), { timeout: 30_000, interval: 500 })
      expect(await metrics.valuesOf('service', 'process_cpu_seconds_total')).toEqual(all)
      expect(await metrics.valuesOf('instance', 'process_resident_memory_bytes')).toEqual(all)
      expect(await metrics.valuesOf('region', 'up{job="telemetry"} == 1')).toEqual(all.map(() => 'global'))
      // Few series of each; no label that changes with every start of a container.
      const names = await metrics.vector('count by (__name__) ({job="telemetry"})')
      expect(names.length).toBeLessThan(40)
      expect(await metrics.valuesOf('service', 'otelcol_receiver_accepted_spans_total')).toEqual(['collector'])
      const [queue] = await metrics.vector('otelcol_exporter_queue_size')
      expect(Object.keys(queue?.labels ?? {}).sort()).toEqual(
        ['__name__', 'data_type', 'exporter', 'instance', 'job', 'region', 'service'].sort(),
      )
    } finally {
      await prometheus.stop()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    }
  },
  90_000,
)

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has an AddressInfo.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
