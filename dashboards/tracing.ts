// 2. From the picture of all calls to one request: the graph, the hops, and the traces to click.
import { pathOf } from './panels/catalogue.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { logs } from './panels/logs.ts'
import { nodeGraph } from './panels/node-graph.ts'
import { quantile, rate, share, sumRate } from './panels/promql.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { traceTable } from './panels/traces.ts'
import { unit } from './panels/unit.ts'
import { one, services } from './panels/variables.ts'

const graph = 'traces_service_graph_request'
const seen = 'client=~"$service"'

/** A service and its database may have the same name: the database gets its kind behind it. */
function hops(metric: string, labels: string, matchers = ''): string {
  const more = matchers === '' ? '' : `, ${matchers}`
  const services = sumRate(metric, labels, `connection_type!="database"${more}`)
  const databases = rate(metric, `connection_type="database"${more}`)
  return `(${services} or sum by (${labels}) (label_replace(${databases}, "server", "$1 database", "server", "(.*)")))`
}

const between = 'client, server'
const calls = (labels: string, matchers = '') => hops(`${graph}_total`, labels, matchers)
const failed = (labels: string, matchers = '') => hops(`${graph}_failed_total`, labels, matchers)

function meanOf(side: 'client' | 'server', labels: string, matchers = ''): string {
  const histogram = `${graph}_${side}_seconds`
  return `${hops(`${histogram}_sum`, labels, matchers)} / ${hops(`${histogram}_count`, labels, matchers)}`
}

function p95Of(side: 'client' | 'server', matchers = ''): string {
  return `histogram_quantile(0.95, ${hops(`${graph}_${side}_seconds_bucket`, `${between}, le`, matchers)})`
}

/** Edges have the labels that the graph's panel wants. */
function edge(expr: string): string {
  const named = `label_replace(label_replace(${expr}, "source", "$1", "client", "(.*)"), "target", "$1", "server", "(.*)")`
  return `label_join(${named}, "id", " → ", "client", "server")`
}

/** Everything that is called, with what `ofServers` says of it by `server`; those that only call have nothing: 0. */
function node(ofServers: string): string {
  const called = `label_replace(${ofServers}, "id", "$1", "server", "(.*)")`
  const calling = `label_replace(0 * ${sumRate(`${graph}_total`, 'client')}, "id", "$1", "client", "(.*)")`
  return `label_replace(sum by (id) (${called}) or sum by (id) (${calling}), "title", "$1", "id", "(.*)")`
}

const journey = 'journey=~"$journey"'

export const tracing = buildDashboard({
  id: 'tracing',
  headline: `**Where does a request spend its time, and where does it fail?** The graph shows who calls whom: the red part of a ring is the share
that failed, the second figure the mean time. Follow the widest red or the slowest hop; then click a trace below, or a dot in a chart. Look
for the deepest span that is red, or for the widest without children.`,
  variables: [
    services,
    one({
      name: 'journey',
      label: 'Journey',
      info: 'What a customer is about: for the last row.',
      series: 'load_request_duration_seconds_count',
      of: 'journey',
      standard: 'buy',
    }),
  ],
  rows: [
    {
      title: 'Who calls whom',
      panels: [
        nodeGraph({
          title: 'Services and their calls',
          info: `Made from traces: each call between two services is an edge. In a ring: requests a second, the mean time of an answer, and the share
that failed in red. A click on a service leads to its dashboard.`,
          nodes: {
            main: node(calls('server')),
            // A service that nobody calls has no time.
            milliseconds: `${node(`1000 * ${meanOf('server', 'server')}`)} >= 0`,
            failed: node(share(failed('server'), calls('server'))),
          },
          edges: { main: edge(calls(between)), milliseconds: edge(`1000 * ${meanOf('client', between)}`) },
          links: [
            { title: 'This service', url: pathOf('service', { service: `\${__data.fields.id}` }) },
            { title: 'Traces of this service', url: pathOf('tracing', { service: `\${__data.fields.id}` }) },
          ],
        }),
      ],
    },
    {
      title: 'Hop by hop',
      panels: [
        table({
          title: 'Latency by hop',
          info: `Each call as the caller measures it and as the callee does: what lies between is the network, and waiting for a connection. A
hop whose caller waits long for a callee that is quick has its trouble on the way.`,
          labels: [
            { label: 'client', title: 'Caller' },
            {
              label: 'server',
              title: 'Callee',
              links: [{ title: 'This service', url: pathOf('service', { service: `\${__value.raw}` }) }],
            },
          ],
          values: [
            { title: 'Calls', expr: calls(between, seen), unit: unit.requestsPerSecond },
            {
              title: 'Failed',
              expr: share(failed(between, seen), calls(between, seen)),
              unit: unit.share,
              limits: { doubtful: 0.01, bad: 0.05 },
            },
            { title: 'p95 caller', expr: p95Of('client', seen), unit: unit.seconds },
            { title: 'p95 callee', expr: p95Of('server', seen), unit: unit.seconds },
            {
              title: 'Between, mean',
              expr: `${meanOf('client', between, seen)} - ${meanOf('server', between, seen)}`,
              unit: unit.seconds,
              limits: { doubtful: 0.15, bad: 0.5 },
            },
          ],
          sortBy: 'p95 caller',
        }),
        timeSeries({
          title: '95th percentile by hop',
          info: 'As callers measure it, retries and the way included. The dots are single calls: a click opens the trace.',
          unit: unit.seconds,
          queries: [
            {
              expr: p95Of('client', seen),
              legend: '{{client}} → {{server}}',
              exemplars: true,
            },
          ],
        }),
        table({
          title: 'Slowest operations',
          info: 'What services do for others, the ten that take longest. Not what a customer waits for: several run beside each other.',
          labels: [
            {
              label: 'service_name',
              title: 'Service',
              links: [{ title: 'This service', url: pathOf('service', { service: `\${__value.raw}` }) }],
            },
            { label: 'span_name', title: 'Operation' },
          ],
          values: [
            {
              title: 'p95',
              expr: `topk(10, ${quantile(
                0.95,
                'traces_span_metrics_duration_milliseconds',
                'service_name, span_name',
                'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER", service_name=~"$service"',
              )} > 0)`,
              unit: unit.milliseconds,
              limits: { doubtful: 500, bad: 2000 },
            },
          ],
          sortBy: 'p95',
        }),
        timeSeries({
          title: 'Failed spans by service',
          info: `Spans with the status Error. A failure passes up through its callers, so several services rise together: the cause is the deepest,
and the graph above shows which that is.`,
          emptyIsGood: 'no span has failed.',
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: `sum by (service_name) (${rate(
                'traces_span_metrics_calls_total',
                'status_code="STATUS_CODE_ERROR", service_name=~"$service"',
              )}) > 0`,
              legend: '{{service_name}}',
            },
          ],
          stacked: true,
        }),
      ],
    },
    {
      title: 'Traces to click',
      panels: [
        traceTable({
          title: 'Slow traces',
          info: 'Requests of customers in which a span of the load generator took longer than 250 ms. Open one and look for the widest bar without children.',
          emptyIsGood: 'no customer waited that long.',
          search: { service: 'load', minDuration: '250ms' },
        }),
        traceTable({
          title: 'Failing traces',
          info: 'Requests with a failed span at the front door. Open one and look for the deepest span that failed.',
          emptyIsGood: 'no request has failed.',
          search: { service: 'frontdoor', tags: 'error=true' },
        }),
        logs({
          title: 'Warnings and errors in the logs',
          info: 'Of the services chosen. Each line has a trace id that leads to its trace; a trace leads back to all lines of its nodes.',
          emptyIsGood: 'nobody had anything to complain about. Needs Loki, which the compose stack has.',
          expr: '{service_name=~"$service"} | detected_level=~"warn|error"',
        }),
      ],
    },
    {
      title: 'One journey: its figures and its traces side by side',
      panels: [
        timeSeries({
          title: 'How long $journey takes',
          info: 'Each request of this journey, as its customers measure it. The dots are single ones.',
          unit: unit.seconds,
          queries: [0.5, 0.95, 0.99].map((share) => ({
            expr: quantile(share, 'load_request_duration_seconds', '', journey),
            legend: `p${share * 100}`,
            exemplars: true as const,
          })),
        }),
        traceTable({
          title: 'Traces of $journey',
          info: 'The latest requests of this journey: compare a slow one with a quick one.',
          search: { service: 'load', tags: 'faultline.journey=$journey' },
        }),
        timeSeries({
          title: 'Outcomes of $journey',
          info: 'What became of the requests of this journey.',
          unit: unit.requestsPerSecond,
          queries: [
            { expr: sumRate('load_request_duration_seconds_count', 'outcome', journey), legend: '{{outcome}}' },
          ],
          colors: { ok: 'green', refused: 'blue', wrong: 'dark-red', error: 'red' },
          stacked: true,
          width: 24,
        }),
      ],
    },
  ],
})
