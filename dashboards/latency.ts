// 4. How long things take, and where: distributions, the ways between regions, the network against the work, waiting against working.
import { buildDashboard } from './panels/dashboard.ts'
import { heatmap } from './panels/heatmap.ts'
import { mean, quantile, rate, sumRate } from './panels/promql.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { region, route, service } from './panels/variables.ts'

const client = 'http_client_request_duration_seconds'
const server = 'http_server_request_duration_seconds'
const answers = 'load_request_duration_seconds'
const statements = 'db_client_operation_duration_seconds'
const waits = 'db_client_connection_wait_time_seconds'
const graph = 'traces_service_graph_request'
/** A database has no side of its own in traces. */
const services = 'connection_type!="database"'
const nodes = 'service=~"$service", region=~"$region"'

/** The region in which each callee stands. */
const callees = `group by (callee_instance, to) (label_replace(label_replace(up, "callee_instance", "$1", "instance", "(.*)"), "to", "$1", "region", "(.*)"))`

/** Calls between nodes by where they come from and where they go; the frontdoor calls from where its customers are. */
function pairs(labels: string, metric: string): string {
  const calls = sumRate(
    metric,
    `region, customer_region, callee_instance${labels}`,
    'callee_instance!="", service!="load"',
  )
  const from = `label_replace(label_replace(${calls}, "from", "$1", "region", "(.*)"), "from", "$1", "customer_region", "(.+)")`
  return `sum by (from, to${labels}) (${from} * on (callee_instance) group_left (to) ${callees})`
}

const pairQuantile = (share: number) => `histogram_quantile(${share}, ${pairs(', le', `${client}_bucket`)})`

export const latency = buildDashboard({
  id: 'latency',
  headline: `**Is it the work, the waiting, or the way?** A heatmap shows what an average hides: a second band above the first is a group of requests
that something else happens to. Then take the time apart: between regions by distance, between caller and callee by the network, inside of a
node by waiting (for its event loop, for a connection) and by working.`,
  variables: [service('gateway'), region, route],
  rows: [
    {
      title: 'Distributions',
      panels: [
        heatmap({
          title: 'What customers get',
          info: `Every request of every customer. Bands are kinds of work or distances; one that appears, or climbs, is what to look for. A dot is
a single request: a click opens its trace.`,
          unit: unit.seconds,
          expr: sumRate(`${answers}_bucket`, 'le'),
        }),
        heatmap({
          title: 'Requests of $service',
          info: 'As the service itself measures them, on the routes chosen. A dot is a single request: a click opens its trace.',
          unit: unit.seconds,
          expr: sumRate(`${server}_bucket`, 'le', `${nodes}, http_route=~"$route"`),
        }),
      ],
    },
    {
      title: 'Between regions',
      panels: [
        table({
          title: 'Calls by region pair',
          info: `Each call between two nodes, by the caller's region and the callee's. The way there and back is in it: 90 ms between na and eu, 150
between na and asia, 200 between eu and asia. What is far above that is not distance.`,
          labels: [
            { label: 'from', title: 'From' },
            { label: 'to', title: 'To' },
          ],
          values: [
            { title: 'Calls', expr: pairs('', `${client}_count`), unit: unit.requestsPerSecond },
            { title: 'p50', expr: pairQuantile(0.5), unit: unit.seconds },
            { title: 'p95', expr: pairQuantile(0.95), unit: unit.seconds, limits: { doubtful: 0.5, bad: 1 } },
            { title: 'p99', expr: pairQuantile(0.99), unit: unit.seconds, limits: { doubtful: 1, bad: 2.5 } },
          ],
          sortBy: 'p95',
        }),
        timeSeries({
          title: '95th percentile by region pair',
          info: 'Parallel lines at the height of their distances are well. One pair alone that rises is the link between the two.',
          unit: unit.seconds,
          queries: [{ expr: pairQuantile(0.95), legend: '{{from}} → {{to}}' }],
        }),
      ],
    },
    {
      title: 'The way: caller against callee',
      panels: [
        timeSeries({
          title: '$service as its callers see it, and as it sees itself',
          info: `Two measures of the same requests. Both rise: the work has become slow. Only the callers' rises: the network between, or callers that
wait for their turn.`,
          unit: unit.seconds,
          queries: [
            { expr: quantile(0.95, client, '', 'callee=~"$service"'), legend: 'callers, p95', exemplars: true },
            { expr: quantile(0.95, server, '', 'service=~"$service"'), legend: '$service, p95', exemplars: true },
            { expr: mean(client, '', 'callee=~"$service"'), legend: 'callers, mean' },
            { expr: mean(server, '', 'service=~"$service"'), legend: '$service, mean' },
          ],
        }),
        timeSeries({
          title: 'The network between, by hop',
          info: `Mean time of a call less the mean time of its answer, for each pair of services: the way there and back, connecting included. It
follows from distances, and does not move when all is well.`,
          unit: unit.seconds,
          queries: [
            {
              expr: `${mean(`${graph}_client_seconds`, 'client, server', services)} - ${mean(`${graph}_server_seconds`, 'client, server', services)} > 0`,
              legend: '{{client}} → {{server}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Waiting against working',
      panels: [
        timeSeries({
          title: 'Waiting for the event loop',
          info: 'How late a timer fires, the 99th percentile: every request of the node waits that long at each step. Work on one thread is the cause.',
          unit: unit.seconds,
          queries: [
            { expr: `max by (instance) (nodejs_eventloop_delay_p99_seconds{${nodes}})`, legend: '{{instance}}' },
          ],
          limits: { doubtful: 0.1, bad: 0.25 },
          width: 8,
        }),
        timeSeries({
          title: 'Requests under way',
          info: `Arrivals times duration, by Little's law. It rises with the load, in step; when it climbs while arrivals do not, requests queue.`,
          unit: unit.count,
          queries: [{ expr: `sum by (instance) (http_server_active_requests{${nodes}})`, legend: '{{instance}}' }],
          width: 8,
        }),
        timeSeries({
          title: 'Share of waiting in database time',
          info: 'Waiting for a connection, as a share of waiting and statements together. Above a half, the pool is the bottleneck, not the database.',
          unit: unit.share,
          queries: [
            {
              expr: `sum by (service) (${rate(`${waits}_sum`)}) / (sum by (service) (${rate(`${waits}_sum`)}) + sum by (service) (${rate(`${statements}_sum`)}))`,
              legend: '{{service}}',
            },
          ],
          limits: { doubtful: 0.3, bad: 0.5 },
          max: 1,
          width: 8,
        }),
        timeSeries({
          title: 'Waiting for a database connection',
          info: '95th percentile, by service. A pool that is large enough hands one out at once.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, waits, 'service'), legend: '{{service}}', exemplars: true }],
          limits: { doubtful: 0.05, bad: 0.5 },
        }),
        timeSeries({
          title: 'Statements',
          info: '95th percentile, by service. Statements that slow down together point at the database; those of one region at its replica.',
          unit: unit.seconds,
          queries: [
            {
              expr: quantile(0.95, statements, 'service, db_client_connection_pool_name'),
              legend: '{{service}} on the {{db_client_connection_pool_name}}',
              exemplars: true,
            },
          ],
        }),
      ],
    },
  ],
})
