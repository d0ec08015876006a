// 5. What a failure does, and what the shop does about it: before and after the vertical lines.
import { pathOf } from './panels/catalogue.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { share, sumRate } from './panels/promql.ts'
import { stateTimeline } from './panels/state-timeline.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { region, services } from './panels/variables.ts'

const client = 'http_client_request_duration_seconds_count'
const server = 'http_server_request_duration_seconds_count'
const answers = 'load_request_duration_seconds_count'
const nodes = 'service=~"$service", region=~"$region"'
const failed = 'http_response_status_code=~"5.."'

const servedBy = (labels: string, more = '') => sumRate(server, labels, `${nodes}${more}`)
const toService = [{ title: 'This service', url: pathOf('service', { service: `\${__field.labels.service}` }) }]

export const failures = buildDashboard({
  id: 'failures',
  headline: `**What did it do, how far did it reach, and did the shop defend itself?** The vertical lines are changes, deaths, faults and pages. Compare
what lies before one with what lies after: did goodput fall, did repeats multiply the load, did breakers open and replicas get ejected, did
another region take over, and did only the services that depend on the broken one suffer?`,
  variables: [services, region],
  rows: [
    {
      title: 'What customers lose',
      panels: [
        timeSeries({
          title: 'Goodput',
          info: 'Right answers a second against what was offered. The area between is what the failure costs.',
          unit: unit.requestsPerSecond,
          queries: [
            { expr: sumRate('load_requests_offered_total', ''), legend: 'offered' },
            { expr: sumRate(answers, '', 'outcome=~"ok|refused"'), legend: 'good' },
            { expr: `${sumRate(answers, '', 'outcome=~"error|wrong"')} or vector(0)`, legend: 'failed' },
          ],
          colors: { offered: 'blue', good: 'green', failed: 'red' },
          width: 8,
        }),
        timeSeries({
          title: 'Who serves whose customers',
          info: `Each region's customers and the edge that served them. Customers of one region on another's edge are a failover: slower by the way, and
far better than nothing.`,
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: sumRate(client, 'customer_region, callee_instance', 'service="frontdoor", callee_instance!=""'),
              legend: '{{customer_region}} → {{callee_instance}}',
            },
          ],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Shed load',
          info: `What was turned away to save the rest: calls that a breaker or a bulkhead rejected, repeats that the budget refused, arrivals that were
never sent. Zero while all is well; in trouble, a little of it is the defence at work.`,
          unit: unit.requestsPerSecond,
          queries: [
            { expr: `${sumRate(client, '', `outcome="rejected", ${nodes}`)} or vector(0)`, legend: 'rejected calls' },
            { expr: sumRate('faultline_retries_refused_total', ''), legend: 'refused repeats' },
            { expr: sumRate('load_requests_dropped_total', ''), legend: 'dropped arrivals' },
          ],
          width: 8,
        }),
      ],
    },
    {
      title: 'How it spreads',
      panels: [
        table({
          title: 'Blast radius by service and region',
          info: 'Share of the requests that each service answered with 5xx, at the end of the range. Red from the top of the chain down to the cause.',
          labels: [
            {
              label: 'service',
              title: 'Service',
              links: [{ title: 'This service', url: pathOf('service', { service: `\${__value.raw}` }) }],
            },
            { label: 'region', title: 'Region' },
          ],
          values: [
            { title: 'Requests', expr: servedBy('service, region'), unit: unit.requestsPerSecond },
            {
              title: 'Failed',
              expr: share(servedBy('service, region', `, ${failed}`), servedBy('service, region')),
              unit: unit.share,
              limits: { doubtful: 0.01, bad: 0.05 },
            },
            {
              title: 'Gave up',
              expr: share(
                servedBy('service, region', ', http_response_status_code="499"'),
                servedBy('service, region'),
              ),
              unit: unit.share,
              limits: { doubtful: 0.01, bad: 0.05 },
            },
          ],
          sortBy: 'Failed',
        }),
        timeSeries({
          title: 'Errors by service and region',
          info: 'The same over time: the service whose line rises first is nearest to the cause.',
          unit: unit.share,
          queries: [
            {
              expr: share(servedBy('service, region', `, ${failed}`), servedBy('service, region')),
              legend: '{{service}} in {{region}}',
            },
          ],
          limits: { bad: 0.05 },
          links: toService,
        }),
        timeSeries({
          title: 'Calls that failed, by outcome',
          info: '`timeout` is slowness or a cut link, `connect` a dead node, `reset` one that died meanwhile, `server_error` its own trouble.',
          emptyIsGood: 'no call fails.',
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: `${sumRate(client, 'service, callee, outcome', `outcome!~"ok|client_error|cancelled", ${nodes}`)} > 0`,
              legend: '{{service}} → {{callee}}: {{outcome}}',
            },
          ],
          stacked: true,
        }),
        timeSeries({
          title: 'Timeouts',
          info: 'Share of the calls to each service that ran into their deadline. They fill pools and event loops of all callers on the way up.',
          unit: unit.share,
          queries: [
            {
              expr: share(sumRate(client, 'callee', 'outcome="timeout"'), sumRate(client, 'callee')),
              legend: 'of {{callee}}',
            },
          ],
          limits: { bad: 0.05 },
        }),
      ],
    },
    {
      title: 'What the shop does about it',
      panels: [
        timeSeries({
          title: 'Amplification by repeats',
          info: `Attempts for each call that was wanted, by callee: 1 is none repeated. The budget allows a tenth more; without one, three attempts at each
of four hops make 81 requests of one.`,
          unit: unit.count,
          queries: [
            {
              expr: `${sumRate(client, 'callee', nodes)} / (${sumRate(client, 'callee', nodes)} - ${sumRate('faultline_retries_total', 'callee', nodes)})`,
              legend: 'calls of {{callee}}',
            },
          ],
          min: 1,
          limits: { doubtful: 1.1, bad: 1.5 },
          width: 8,
        }),
        timeSeries({
          title: 'Calls inside of the shop for each request of a customer',
          info: 'All attempts between nodes over what customers ask. It depends on what customers do, and jumps when repeats multiply.',
          unit: unit.count,
          queries: [
            { expr: `${sumRate(client, '', 'service!="load"')} / ${sumRate(answers, '')}`, legend: 'calls a request' },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Ejected replicas',
          info: 'Replicas that callers leave out since they keep failing, counted by each caller. The gray one is found by several of them.',
          unit: unit.count,
          queries: [
            {
              expr: `sum by (callee) (faultline_endpoints{state="ejected", ${nodes}})`,
              legend: 'of {{callee}}',
            },
          ],
          limits: { bad: 1 },
          width: 8,
        }),
        stateTimeline({
          title: 'Breakers',
          info: 'Of each caller towards each callee. Open: calls fail at once, to spare the callee. Half open: one call is let through to see.',
          unit: unit.none,
          queries: [
            {
              expr: `max by (instance, callee) (2 * faultline_breaker_state{state="open", ${nodes}} or faultline_breaker_state{state="half_open", ${nodes}} or faultline_breaker_state{state="closed", ${nodes}} - 1)`,
              legend: '{{instance}} → {{callee}}',
            },
          ],
          states: [
            { value: 0, text: 'closed', color: 'green' },
            { value: 1, text: 'half open', color: 'yellow' },
            { value: 2, text: 'open', color: 'red' },
          ],
          height: 14,
        }),
        stateTimeline({
          title: 'Nodes',
          info: 'Down: it does not answer scrapes. Not ready: it runs, and takes no requests, for it lacks something that it needs.',
          unit: unit.none,
          queries: [
            {
              expr: `max by (instance) (up{${nodes}} + on (instance) faultline_node_ready{${nodes}} or 2 * up{${nodes}} unless on (instance) (up{${nodes}} == 1 and on (instance) faultline_node_ready{${nodes}}))`,
              legend: '{{instance}}',
            },
          ],
          states: [
            { value: 0, text: 'down', color: 'red' },
            { value: 1, text: 'not ready', color: 'yellow' },
            { value: 2, text: 'ready', color: 'green' },
          ],
          height: 14,
        }),
        table({
          title: 'What was changed, the latest first',
          info: 'The vertical lines as a list: each kind of change and its subject, when it last happened and how often it did.',
          labels: [
            { label: 'change', title: 'Change' },
            { label: 'subject', title: 'Of' },
          ],
          values: [
            {
              title: 'When',
              expr: '1000 * max by (change, subject) (faultline_change_timestamp_seconds)',
              unit: unit.moment,
            },
            { title: 'Times', expr: 'max by (change, subject) (faultline_changes_total)', unit: unit.count },
          ],
          sortBy: 'When',
          width: 24,
        }),
      ],
    },
  ],
})
