// The commands against the real Prometheus: it scrapes a small shop of one page, and its one alert fires.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import {
  isPrometheusInstalled,
  type RealPrometheus,
  startRealPrometheus,
} from '../../otel/backend/testing/real-prometheus.ts'
import { prometheusTest } from '../../test/prometheus-test.ts'
import { until } from '../../test/until.ts'
import { registerAlerts } from './alerts.ts'
import { createPrometheus } from './prometheus.ts'
import { registerQuery } from './query.ts'
import { createTestContext, runCommand } from './test-context.ts'
import { registerTop } from './top.ts'

/** Every scrape finds ten requests more, one of them failed; each took from 10 to 100 ms. */
function exposition(scrapes: number): string {
  const line = (name: string, labels: string, value: number) =>
    `http_server_request_duration_seconds_${name}{${labels}} ${value}`
  const codes = { 200: 9, 500: 1 }
  const lines = Object.entries(codes).flatMap(([code, share]) => {
    const [status, count] = [`http_response_status_code="${code}"`, scrapes * share]
    return [
      line('bucket', `${status},le="0.01"`, 0),
      line('bucket', `${status},le="0.1"`, count),
      line('bucket', `${status},le="+Inf"`, count),
      line('count', status, count),
      line('sum', status, count * 0.05),
    ]
  })
  return `${['faultline_node_ready 1', 'nodejs_eventloop_utilization_ratio 0.25', ...lines].join('\n')}\n`
}

const rules = {
  groups: [
    {
      name: 'shop',
      rules: [
        {
          alert: 'ShopFails',
          expr: 'sum by (service) (faultline_node_ready) > 0',
          labels: { severity: 'critical' },
          annotations: { summary: 'the shop of {{ $labels.service }} fails', runbook_url: 'https://example.com/r' },
        },
      ],
    },
  ],
}

describe('the real Prometheus', () => {
  let target: Server | undefined
  let prometheus: RealPrometheus | undefined
  const context = () => createTestContext({ prometheus: prometheus?.url ?? '' })

  beforeAll(async () => {
    if (!isPrometheusInstalled) return
    let scrapes = 0
    const server = createServer((_request, response) => {
      scrapes += 1
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition(scrapes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    target = server
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    prometheus = await startRealPrometheus({
      config: {
        global: { scrape_interval: '200ms', evaluation_interval: '200ms' },
        rule_files: ['rules.yml'],
        scrape_configs: [
          {
            job_name: 'faultline',
            static_configs: [{ targets: [address], labels: { service: 'orders', instance: 'orders-1' } }],
          },
        ],
      },
      files: { 'rules.yml': JSON.stringify(rules) },
    })
    const api = createPrometheus(prometheus.url)
    await until('rates and an alert', async () => {
      const { data } = await api.query('rate(http_server_request_duration_seconds_count[5s]) > 0')
      return data.resultType === 'vector' && data.result.length > 0 && (await api.alerts()).length > 0
    })
  })
  afterAll(async () => {
    await prometheus?.stop()
    target?.close()
  })

  prometheusTest('query: a table, a line of blocks, a marked error', async () => {
    const instant = context()
    await runCommand(instant, registerQuery, 'query', 'up')
    expect(instant.printed).toEqual(['up{service="orders", job="faultline", instance="orders-1"}', 'VALUE', '    1'])
    const range = context()
    await runCommand(range, registerQuery, 'query', 'faultline_node_ready', '--range', '10s', '--step', '1s')
    expect(range.printed.at(-1)).toMatch(/ *▄+ {4}1 {4}1 {5}1$/)
    await expect(runCommand(context(), registerQuery, 'query', 'sum(up')).rejects.toThrow(
      'parse error: unclosed left parenthesis\n  sum(up\n        ^',
    )
  })

  prometheusTest('alerts', async () => {
    const alerts = context()
    await runCommand(alerts, registerAlerts, 'alerts')
    expect(alerts.printed.slice(0, 2)).toEqual(['FIRING   critical  ShopFails', '         the shop of orders fails'])
    expect(alerts.printed.at(-1)).toBe('         https://example.com/r')
  })

  prometheusTest('top', async () => {
    const top = context()
    await runCommand(top, registerTop, 'top', '--once', '--window', '5s')
    expect(top.printed[0]).toMatch(/1 of 1 ready {3}1 alert fires: faultline alerts {3}rates over 5s$/)
    expect(top.printed.at(-1)).toMatch(/^orders +1\/1 +\d[\d.]* +10 +55\.0 ms +95\.5 ms +25 +–$/)
  })
})
