// 3. One service: what it does for its callers, replica by replica, and what it needs from others.
import { pathOf } from './panels/catalogue.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { quantile, share, sumRate } from './panels/promql.ts'
import { stat } from './panels/stat.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { instance, region, route, service as serviceVariable } from './panels/variables.ts'

const server = 'http_server_request_duration_seconds'
const client = 'http_client_request_duration_seconds'
const nodes = 'service=~"$service", region=~"$region", instance=~"$instance"'
const served = `${nodes}, http_route=~"$route"`
const failed = ', http_response_status_code=~"5.."'
const failedCalls = ', outcome!~"ok|client_error|cancelled"'
/** The version that a node runs, as a label. */
const ofVersion = '* on (instance) group_left (version) faultline_node_info'

const requests = (labels: string, more = '') => sumRate(`${server}_count`, labels, `${served}${more}`)
const toNode = [{ title: 'What this node uses', url: pathOf('resources', { instance: `\${__field.labels.instance}` }) }]

export const service = buildDashboard({
  id: 'service',
  headline: `**How does this service answer, and is one replica different?** First the whole: rate, errors, duration by route. Then the same by node:
replicas share the work evenly, so one that leaves the others is the gray one, though its health check passes. Last its neighbours: a slow or
failing callee makes this service slow or failing, and its own repeats add to their load.`,
  variables: [serviceVariable('gateway'), region, instance, route],
  rows: [
    {
      title: '$service',
      panels: [
        stat({
          title: 'Requests',
          info: 'Served a second, by all nodes chosen.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: requests(''), legend: 'requests' }],
          width: 6,
        }),
        stat({
          title: 'Errors',
          info: 'Share of the requests that were answered with 5xx.',
          unit: unit.share,
          queries: [{ expr: share(requests('', failed), requests('')), legend: 'errors' }],
          limits: { doubtful: 0.01, bad: 0.05 },
          width: 6,
        }),
        stat({
          title: '95 % are answered within',
          info: 'As the service itself measures it, the way to its callers not included.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, server, '', served), legend: 'p95' }],
          limits: { doubtful: 0.5, bad: 2 },
          width: 6,
        }),
        stat({
          title: 'Nodes ready',
          info: 'That take requests. One that is up and not ready waits for something it needs.',
          unit: unit.count,
          queries: [{ expr: 'sum(faultline_node_ready{service=~"$service", region=~"$region"})', legend: 'ready' }],
          limits: { bad: 1, lowIsBad: true },
          width: 6,
        }),
      ],
    },
    {
      title: 'By route',
      panels: [
        timeSeries({
          title: 'Requests by route',
          info: 'What the service is asked for.',
          unit: unit.requestsPerSecond,
          queries: [
            { expr: requests('http_request_method, http_route'), legend: '{{http_request_method}} {{http_route}}' },
          ],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Errors by route',
          info: 'Share of each route that was answered with 5xx. One route alone: the callee or the statement that only it needs.',
          unit: unit.share,
          queries: [{ expr: share(requests('http_route', failed), requests('http_route')), legend: '{{http_route}}' }],
          limits: { bad: 0.05 },
          width: 8,
        }),
        timeSeries({
          title: '95th percentile by route',
          info: 'The dots are single requests: a click opens the trace.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, server, 'http_route', served), legend: '{{http_route}}', exemplars: true }],
          width: 8,
        }),
      ],
    },
    {
      title: 'By node: the gray replica stands out',
      panels: [
        timeSeries({
          title: 'Requests by node',
          info: 'Callers balance by what is under way, so a slow replica gets fewer requests: a line below the others is a sign, too.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: requests('instance'), legend: '{{instance}}' }],
          width: 8,
          links: toNode,
        }),
        timeSeries({
          title: 'Errors by node',
          info: 'Share of each node’s requests that were answered with 5xx.',
          unit: unit.share,
          queries: [{ expr: share(requests('instance', failed), requests('instance')), legend: '{{instance}}' }],
          limits: { bad: 0.05 },
          width: 8,
          links: toNode,
        }),
        timeSeries({
          title: '95th percentile by node',
          info: 'Of each node. Nodes of different regions differ by their way to the home region, replicas of one region hardly at all.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, server, 'instance', served), legend: '{{instance}}', exemplars: true }],
          width: 8,
          links: toNode,
        }),
        table({
          title: 'Its nodes',
          info: 'Each replica at a glance: what stands out in a row is a place to begin.',
          labels: [
            {
              label: 'instance',
              title: 'Node',
              links: [{ title: 'What this node uses', url: pathOf('resources', { instance: `\${__value.raw}` }) }],
            },
            { label: 'region', title: 'Region' },
          ],
          values: [
            {
              title: 'Up',
              expr: `max by (instance, region) (up{${nodes}})`,
              unit: unit.count,
              limits: { bad: 1, lowIsBad: true },
            },
            {
              title: 'Ready',
              expr: `max by (instance, region) (faultline_node_ready{${nodes}})`,
              unit: unit.count,
              limits: { bad: 1, lowIsBad: true },
            },
            {
              title: 'Runs for',
              expr: `time() - max by (instance, region) (process_start_time_seconds{${nodes}})`,
              unit: unit.seconds,
            },
            {
              title: 'Under way',
              expr: `sum by (instance, region) (http_server_active_requests{${nodes}})`,
              unit: unit.count,
            },
            {
              title: 'Event loop',
              expr: `max by (instance, region) (nodejs_eventloop_utilization_ratio{${nodes}})`,
              unit: unit.share,
              limits: { doubtful: 0.7, bad: 0.9 },
            },
          ],
          sortBy: 'Event loop',
        }),
        timeSeries({
          title: 'Status codes',
          info: '499 stands for a request whose caller was gone before the answer: a deadline that passed, or a customer who left.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: requests('http_response_status_code'), legend: '{{http_response_status_code}}' }],
          colors: { '/^2/': 'green', '/^3/': 'blue', '/^4/': 'yellow', '499': 'orange', '/^5/': 'red' },
          stacked: true,
        }),
      ],
    },
    {
      title: 'Callers and callees',
      panels: [
        timeSeries({
          title: 'Calls by caller',
          info: 'Who asks this service, node by node, as the callers count it.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: sumRate(`${client}_count`, 'instance', 'callee=~"$service"'), legend: '{{instance}}' }],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'What callers wait',
          info: '95th percentile of their calls, the way included. Far above the service’s own: the network, or waiting for a turn.',
          unit: unit.seconds,
          queries: [
            { expr: quantile(0.95, client, 'service', 'callee=~"$service"'), legend: '{{service}}', exemplars: true },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Calls that fail, by outcome',
          info: '`timeout` is slowness or a cut link, `connect` a dead node, `server_error` its own trouble, `rejected` a breaker or a bulkhead.',
          emptyIsGood: 'no call of this service fails.',
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: `${sumRate(`${client}_count`, 'service, outcome', `callee=~"$service"${failedCalls}`)} > 0`,
              legend: '{{service}}: {{outcome}}',
            },
          ],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Calls by callee',
          info: 'What this service asks of others.',
          emptyIsGood: 'this service calls nobody.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: sumRate(`${client}_count`, 'callee', nodes), legend: '{{callee}}' }],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'What it waits for its callees',
          info: '95th percentile of its calls. When this service is slow and one of these lines rises with it, go on there.',
          emptyIsGood: 'this service calls nobody.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, client, 'callee', nodes), legend: '{{callee}}', exemplars: true }],
          width: 8,
        }),
        timeSeries({
          title: 'Attempts per request',
          info: `Calls that one request makes, repeats included, by callee. A steady figure is how the service works; one that climbs with errors is
repeats, and adds load to a callee that is in trouble already.`,
          emptyIsGood: 'this service calls nobody.',
          unit: unit.count,
          queries: [
            {
              expr: `${sumRate(`${client}_count`, 'callee', nodes)} / on () group_left () ${sumRate(`${server}_count`, '', nodes)}`,
              legend: '{{callee}}',
            },
          ],
          width: 8,
        }),
      ],
    },
    {
      title: 'Versions compared',
      panels: [
        timeSeries({
          title: 'Errors by version',
          info: 'A version that fails more than the other, side by side under the same load, is to be rolled back.',
          unit: unit.share,
          queries: [
            {
              expr: share(
                `sum by (version) (sum by (instance) (rate(${server}_count{${served}${failed}}[$__rate_interval])) ${ofVersion})`,
                `sum by (version) (sum by (instance) (rate(${server}_count{${served}}[$__rate_interval])) ${ofVersion})`,
              ),
              legend: '{{version}}',
            },
          ],
        }),
        timeSeries({
          title: '95th percentile by version',
          info: 'A version that is slower than the other, side by side under the same load.',
          unit: unit.seconds,
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (version, le) (sum by (instance, le) (rate(${server}_bucket{${served}}[$__rate_interval])) ${ofVersion}))`,
              legend: '{{version}}',
            },
          ],
        }),
      ],
    },
  ],
})
