// The files of the telemetry stack in docker-compose.yml: of documented keys only, fitting each other, and fitting what the embedded
// backend does, so that dashboards and rules see the same on both.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_SCRAPE_OPTIONS } from '../otel/backend/metrics/scrape/scrape-manager.ts'
import { DEFAULT_SERVICE_GRAPH_LIMITS, REQUEST_DURATION_BOUNDS } from '../otel/backend/metrics/spans/service-graph.ts'
import { SPAN_DURATION_BOUNDS } from '../otel/backend/metrics/spans/span-metrics.ts'
import { parseQuery } from '../otel/backend/promql/language/parser.ts'
import { type ComposeService, mountsOf, readCompose, root } from './compose-file.ts'
import { readContract } from './metric-contract.ts'
import { prometheusTest } from './prometheus-test.ts'
import { CollectorFile, DashboardProvidersFile, DataSourcesFile, JaegerFile, LokiFile } from './stack-schemas.ts'

const yamlOf = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'))
const compose = readCompose()
const serviceOf = (name: string): ComposeService => {
  const service = compose.services[name]
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`)
  return service
}
const collector = CollectorFile.parse(yamlOf('otel/collector.yaml'))
const jaeger = JaegerFile.parse(yamlOf('otel/jaeger.yaml'))
const loki = LokiFile.parse(yamlOf('otel/loki.yaml'))
const { datasources } = DataSourcesFile.parse(yamlOf('dashboards/provisioning/datasources/faultline.yaml'))
const { providers } = DashboardProvidersFile.parse(yamlOf('dashboards/provisioning/dashboards/faultline.yaml'))
type ScrapeConfig = {
  job_name: string
  http_sd_configs?: { url: string; authorization: { credentials_file: string } }[]
  static_configs?: { targets: string[] }[]
  metric_relabel_configs?: { action: string; regex: string }[]
}
const prometheus = yamlOf('otel/prometheus.yaml') as {
  global: Record<string, string>
  rule_files: string[]
  scrape_configs: ScrapeConfig[]
}

const seconds = (text: string): number => {
  const [, number = '', unit = ''] = /^([\d.]+)(ms|s|m)$/.exec(text) ?? []
  return Number(number) * ({ ms: 0.001, s: 1, m: 60 }[unit] ?? Number.NaN)
}
const portOf = (address: string) => Number(/:(\d+)/.exec(address.replace(/^https?:/, ''))?.[1])
const hostOf = (address: string) => new URL(address.includes('//') ? address : `http://${address}`).hostname

/** Where each part listens, by its own file. */
const listens: Record<string, number[]> = {
  collector: [
    portOf(collector.receivers.otlp.protocols.http?.endpoint ?? ''),
    portOf(collector.exporters.prometheus.endpoint),
    ...(collector.service.telemetry.metrics.readers ?? []).map(({ pull }) => pull.exporter.prometheus.port),
  ],
  jaeger: [
    portOf(jaeger.receivers.otlp.protocols.grpc?.endpoint ?? ''),
    portOf(jaeger.extensions.jaeger_query.http.endpoint),
    ...(jaeger.service.telemetry.metrics.readers ?? []).map(({ pull }) => pull.exporter.prometheus.port),
  ],
  loki: [loki.server.http_listen_port],
  // By their standards.
  prometheus: [9090],
  control: [7070],
}

describe('every address', () => {
  const named = [
    ...Object.values(collector.exporters).map(({ endpoint }) => endpoint),
    ...Object.values(jaeger.extensions.jaeger_storage.metric_backends).map((backend) => backend.prometheus.endpoint),
    ...datasources.map(({ url }) => url),
    ...prometheus.scrape_configs.flatMap(({ http_sd_configs = [], static_configs = [] }) => [
      ...http_sd_configs.map(({ url }) => url),
      // Prometheus looks at itself, too.
      ...static_configs.flatMap(({ targets }) => targets.map((target) => target.replace('localhost', 'prometheus'))),
    ]),
    ...Object.entries(serviceOf('control').environment ?? {})
      .filter(([name]) => /OTLP|JAEGER|PROMETHEUS/.test(name))
      .map(([, url]) => url),
    serviceOf('orders').environment?.['FAULTLINE_OTLP_URL'] ?? '',
  ].filter((address) => hostOf(address) !== '0.0.0.0')

  test.each([...new Set(named)])('%s is a service that listens there', (address) => {
    expect(Object.keys(compose.services)).toContain(hostOf(address))
    expect(listens[hostOf(address)]).toContain(portOf(address))
  })
})

describe('what a container is told to read', () => {
  const told = {
    collector: ['/etc/otelcol/collector.yaml'],
    jaeger: ['/etc/jaeger/jaeger.yaml'],
    loki: ['/etc/loki/loki.yaml', loki.common.path_prefix],
    prometheus: ['/etc/prometheus/prometheus.yaml', '/etc/prometheus/rules', '/prometheus'],
    grafana: ['/etc/grafana/provisioning', ...providers.map(({ options }) => options.path)],
  }
  test.each(Object.entries(told))('%s has mounted', (name, paths) => {
    const targets = mountsOf(serviceOf(name)).map(({ target }) => target)
    for (const path of paths) expect(targets).toContain(path)
    const config = (serviceOf(name).command ?? []).flatMap((word) => /^-+config(?:\.file)?=(.*)$/.exec(word)?.[1] ?? [])
    for (const path of config) expect(targets).toContain(path)
  })

  test('the home dashboard and the token, too', () => {
    const home = serviceOf('grafana').environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    expect(existsSync(join(root, home.replace('/etc/grafana/dashboards', 'dashboards/json'))), home).toBe(true)
    const [{ authorization } = { authorization: { credentials_file: '' } }] =
      prometheus.scrape_configs[0]?.http_sd_configs ?? []
    const folders = mountsOf(serviceOf('prometheus')).map(({ target }) => target)
    expect(folders).toContain(authorization.credentials_file.replace(/\/token$/, ''))
  })
})

describe('the Collector', () => {
  const components = {
    receivers: [...Object.keys(collector.receivers), ...Object.keys(collector.connectors)],
    processors: Object.keys(collector.processors),
    exporters: [...Object.keys(collector.exporters), ...Object.keys(collector.connectors)],
  }
  const sampling = ['batch', 'tail_sampling']

  test('uses every component that it describes, and no other', () => {
    const used = { receivers: new Set<string>(), processors: new Set<string>(), exporters: new Set<string>() }
    for (const { receivers, processors = [], exporters } of Object.values(collector.service.pipelines)) {
      for (const id of receivers) used.receivers.add(id)
      for (const id of exporters) used.exporters.add(id)
      for (const id of processors.flatMap((one) => (one.startsWith('${') ? sampling : [one]))) used.processors.add(id)
    }
    for (const part of ['receivers', 'processors', 'exporters'] as const) {
      expect([...used[part]].sort(), part).toEqual(components[part].toSorted())
    }
  })

  test('keeps every trace, unless one variable says otherwise', () => {
    const { processors } = collector.service.pipelines['traces/kept'] ?? {}
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the Collector fills it in
    expect(processors).toEqual(['${env:FAULTLINE_SAMPLING:-batch}'])
    expect(serviceOf('collector').environment?.['FAULTLINE_SAMPLING']).toBe('batch')
    const asked = readCompose({ FAULTLINE_SAMPLING: 'tail_sampling' }).services['collector']
    expect(asked?.environment?.['FAULTLINE_SAMPLING']).toBe('tail_sampling')
    // Metrics are made of all spans, whatever is kept of them.
    expect(collector.service.pipelines['traces']?.exporters).toEqual(['spanmetrics', 'servicegraph', 'forward/kept'])
  })

  test('makes metrics of spans as the embedded backend does', () => {
    const { spanmetrics, servicegraph } = collector.connectors
    const milliseconds = (buckets: string[]) => buckets.map((text) => Math.round(seconds(text) * 1000))
    expect(milliseconds(spanmetrics.histogram.explicit.buckets)).toEqual(SPAN_DURATION_BOUNDS)
    expect(milliseconds(servicegraph.latency_histogram_buckets)).toEqual(REQUEST_DURATION_BOUNDS.map((s) => s * 1000))
    expect(seconds(servicegraph.store.ttl) * 1000).toBe(DEFAULT_SERVICE_GRAPH_LIMITS.pendingMs)
    expect(servicegraph.store.max_items).toBe(DEFAULT_SERVICE_GRAPH_LIMITS.maxPending)
  })

  test('names them as the contract does', () => {
    const { namespace, histogram } = collector.connectors.spanmetrics
    const prefix = namespace.replaceAll('.', '_')
    const unit = histogram.unit === 'ms' ? 'milliseconds' : 'seconds'
    const families = [...readContract().keys()].filter((name) => name.startsWith('traces_'))
    const made = [
      `${prefix}_calls_total`,
      `${prefix}_duration_${unit}`,
      // Fixed in the connector: see its README.
      ...['request_total', 'request_failed_total', 'unpaired_spans_total', 'dropped_spans_total'],
      ...['request_client_seconds', 'request_server_seconds'],
    ].map((name) => (name.startsWith(prefix) ? name : `traces_service_graph_${name}`))
    expect(made.sort()).toEqual(families.sort())
    const [keep] = prometheus.scrape_configs.find(({ job_name }) => job_name === 'spans')?.metric_relabel_configs ?? []
    for (const name of families) expect(name).toMatch(new RegExp(`^(?:${keep?.regex})$`))
  })

  test('and Prometheus drops the labels that the embedded backend’s series have not', () => {
    const drop = prometheus.scrape_configs[1]?.metric_relabel_configs?.find(({ action }) => action === 'labeldrop')
    const dropped = new RegExp(`^(?:${drop?.regex})$`)
    for (const label of ['job', 'instance', 'exported_job', 'otel_scope_name', 'collector_instance_id']) {
      expect(label).toMatch(dropped)
    }
    for (const [name, { labels }] of readContract()) {
      if (!name.startsWith('traces_')) continue
      for (const label of [...labels, 'le']) expect(label).not.toMatch(dropped)
    }
  })
})

test('Jaeger uses every component that it describes, and its Monitor tab asks Prometheus', () => {
  const { extensions, exporters, service } = jaeger
  expect(service.extensions?.toSorted()).toEqual(Object.keys(extensions).sort())
  const { storage } = extensions.jaeger_query
  expect(Object.keys(extensions.jaeger_storage.backends)).toEqual([storage.traces])
  expect(exporters.jaeger_storage_exporter.trace_storage).toBe(storage.traces)
  expect(Object.keys(extensions.jaeger_storage.metric_backends)).toEqual([storage.metrics])
  const pipeline = service.pipelines['traces']
  expect(pipeline).toEqual({
    receivers: Object.keys(jaeger.receivers),
    processors: Object.keys(jaeger.processors),
    exporters: Object.keys(exporters),
  })
})

describe('Prometheus', () => {
  test('asks as often as the embedded backend', () => {
    const { scrape_interval = '', scrape_timeout = '', evaluation_interval } = prometheus.global
    expect(seconds(scrape_interval) * 1000).toBe(DEFAULT_SCRAPE_OPTIONS.intervalMs)
    expect(seconds(scrape_timeout) * 1000).toBe(DEFAULT_SCRAPE_OPTIONS.timeoutMs)
    expect(evaluation_interval).toBe('5s')
    expect(serviceOf('prometheus').command).toContain('--enable-feature=exemplar-storage')
  })

  prometheusTest('has a configuration and rules that promtool takes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-promtool-'))
    try {
      const rules = join(root, 'otel/rules')
      const text = readFileSync(join(root, 'otel/prometheus.yaml'), 'utf8')
        // A file that only the container has.
        .replace('/run/faultline/token/token', join(folder, 'token'))
        .replace('rules/*.yaml', join(rules, '*.yaml'))
      writeFileSync(join(folder, 'token'), 'token')
      writeFileSync(join(folder, 'prometheus.yaml'), text)
      const files = readdirSync(rules).filter((name) => name.endsWith('.yaml'))
      const checks = [
        ['check', 'config', join(folder, 'prometheus.yaml')],
        ['check', 'rules', ...files.map((name) => join(rules, name))],
      ]
      for (const args of checks) {
        const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
        expect(stdout + stderr).toMatch(/SUCCESS/)
        expect(status, stdout + stderr).toBe(0)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('Grafana', () => {
  const uids = datasources.map(({ uid }) => uid)
  const sourceOf = <T extends 'prometheus' | 'jaeger' | 'loki'>(type: T) =>
    datasources.find((source): source is Extract<(typeof datasources)[number], { type: T }> => source.type === type)

  test('has the three sources that dashboards name, and each leads to one of them', () => {
    expect(uids).toEqual(['prometheus', 'jaeger', 'loki'])
    const text = JSON.stringify(datasources)
    const targets = [...text.matchAll(/"datasourceUid":"([^"]+)"/g)].map(([, uid]) => uid)
    expect(targets.length).toBe(4)
    for (const uid of targets) expect(uids).toContain(uid)
    const named = readdirSync(join(root, 'dashboards/json')).flatMap((name) => {
      const json = readFileSync(join(root, 'dashboards/json', name), 'utf8')
      return [...json.matchAll(/"datasource":\s*\{[^}]*"uid":\s*"([^"]+)"/g)].map(([, uid = '']) => uid)
    })
    for (const uid of new Set(named)) expect([...uids, '-- Grafana --', 'grafana', '-- Mixed --']).toContain(uid)
  })

  test('goes from an exemplar to its trace, from a trace to its logs, and back', () => {
    expect(sourceOf('prometheus')?.jsonData.exemplarTraceIdDestinations).toMatchObject([
      { name: 'trace_id', datasourceUid: 'jaeger' },
    ])
    const { tracesToLogsV2, nodeGraph } = sourceOf('jaeger')?.jsonData ?? {}
    expect(tracesToLogsV2?.query).toContain('trace_id = `$${__trace.traceId}`')
    expect(nodeGraph).toEqual({ enabled: true })
    const [field] = sourceOf('loki')?.jsonData.derivedFields ?? []
    expect(field).toMatchObject({ matcherType: 'label', matcherRegex: 'trace_id', url: '$${__value.raw}' })
    // Loki names its labels after the attributes that it is told to index.
    const [{ attributes } = { attributes: [''] }] = loki.limits_config.otlp_config.resource_attributes.attributes_config
    expect(attributes).toContain('service.name')
  })

  test.each(sourceOf('jaeger')?.jsonData.tracesToMetrics.queries ?? [])(
    'asks for metrics that there are: $name',
    ({ query }) => {
      const { tags } = sourceOf('jaeger')?.jsonData.tracesToMetrics ?? { tags: [] }
      const filled = query.replace('$$__tags', tags.map(({ value }) => `${value}="x"`).join(','))
      expect(() => parseQuery(filled)).not.toThrow()
      const contract = readContract()
      const names = [...filled.matchAll(/([a-z0-9_]+)\{/g)].map(([, name = '']) =>
        name.replace(/_(?:bucket|count|sum)$/, ''),
      )
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) {
        const family = contract.get(name)
        expect(family, name).toBeDefined()
        const [, labels = ''] = /sum by \(([^)]*)\)/.exec(filled) ?? []
        const known = [...(family?.labels ?? []), 'le', 'instance', 'service', 'region']
        for (const label of labels.split(/,\s*/).filter(Boolean)) expect(known).toContain(label)
      }
    },
  )

  test('lets everybody look without a login, changes nothing, and calls nobody', () => {
    expect(serviceOf('grafana').environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    })
    expect(providers.map(({ allowUiUpdates }) => allowUiUpdates)).toEqual([false])
  })
})
