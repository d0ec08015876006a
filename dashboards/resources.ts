// 6. What every node uses: utilisation, saturation and errors of each resource that can run out.
import { buildDashboard } from './panels/dashboard.ts'
import { quantile, rate, share, sumRate } from './panels/promql.ts'
import type { Query } from './panels/query.ts'
import type { Limits } from './panels/thresholds.ts'
import { timeSeries } from './panels/time-series.ts'
import { type Unit, unit } from './panels/unit.ts'
import { instance, region, services } from './panels/variables.ts'

const nodes = 'region=~"$region", service=~"$service", instance=~"$instance"'

type Simple = { title: string; info: string; unit: Unit; expr: string; limits?: Limits; max?: number; legend?: string }

/** A third of the width, a line for each node. */
function byNode({ expr, legend = '{{instance}}', ...rest }: Simple) {
  const query: Query = { expr, legend }
  return timeSeries({ ...rest, queries: [query], width: 8 })
}

export const resources = buildDashboard({
  id: 'resources',
  headline: `**Which resource runs out, and on which node?** For each: how much of it is used, whether somebody waits for it, and whether it failed.
A replica that uses more than its brothers is the one to look at; all of a kind that use more have too much to do:
\`faultline scale\` gives them help. What is used up explains symptoms elsewhere, and is none by itself.`,
  variables: [region, services, instance],
  rows: [
    {
      title: 'The thread',
      panels: [
        byNode({
          title: 'Event loop utilisation',
          info: 'Busy share of the one thread that runs JavaScript. From 0.7 on, waiting begins to show; at 1 requests queue without end.',
          unit: unit.share,
          expr: `max by (instance) (nodejs_eventloop_utilization_ratio{${nodes}})`,
          limits: { doubtful: 0.7, bad: 0.9 },
          max: 1,
        }),
        byNode({
          title: 'Event loop delay, p99',
          info: 'How late timers fire: what every request waits at each step. One long task does it, even while utilisation looks fine.',
          unit: unit.seconds,
          expr: `max by (instance) (nodejs_eventloop_delay_p99_seconds{${nodes}})`,
          limits: { doubtful: 0.1, bad: 0.25 },
        }),
        byNode({
          title: 'CPU',
          info: 'Cores used, all threads. Above 1 only with help from outside the event loop: garbage collection, hashing of passwords, compression.',
          unit: unit.count,
          expr: `sum by (instance) (${rate('process_cpu_seconds_total', nodes)})`,
        }),
      ],
    },
    {
      title: 'Memory',
      panels: [
        byNode({
          title: 'Resident memory',
          info: 'What the operating system has given to the process. A steady climb is a leak, or a cache that still fills.',
          unit: unit.bytes,
          expr: `max by (instance) (process_resident_memory_bytes{${nodes}})`,
        }),
        byNode({
          title: 'Heap used',
          info: 'Share of the heap that may be used at most. A saw is well; teeth that end ever higher are a leak, and at 1 the process dies.',
          unit: unit.share,
          expr: `max by (instance) (v8js_memory_heap_used_bytes{${nodes}}) / max by (instance) (v8js_memory_heap_limit_bytes{${nodes}})`,
          limits: { doubtful: 0.75, bad: 0.9 },
          max: 1,
        }),
        byNode({
          title: 'Time in garbage collection',
          info: 'Share of the time that the thread stood still for it. Near a full heap it rises without end.',
          unit: unit.share,
          expr: `sum by (instance) (${rate('v8js_gc_duration_seconds_sum', nodes)})`,
          limits: { doubtful: 0.1, bad: 0.25 },
        }),
      ],
    },
    {
      title: 'Work under way, and waiting',
      panels: [
        byNode({
          title: 'Requests under way',
          info: 'That the node serves at this moment. It rises with the load in step, and without it when something downstream is slow.',
          unit: unit.count,
          expr: `sum by (instance) (http_server_active_requests{${nodes}})`,
        }),
        byNode({
          title: 'Calls under way',
          info: 'That the node has sent and waits for, by callee. What a slow callee holds, its callers hold, too.',
          unit: unit.count,
          expr: `sum by (instance, callee) (http_client_active_requests{${nodes}})`,
          legend: '{{instance}} → {{callee}}',
        }),
        byNode({
          title: 'Waiting in bulkheads',
          info: 'Calls that wait for their turn, since as many as may be are under way. Zero while all is well.',
          unit: unit.count,
          expr: `sum by (instance, callee) (faultline_bulkhead_queued{${nodes}})`,
          limits: { bad: 1 },
          legend: '{{instance}} → {{callee}}',
        }),
        byNode({
          title: 'File descriptors',
          info: 'Share of those that may be open: sockets, mostly. One that climbs and never falls leaks connections.',
          unit: unit.share,
          expr: `max by (instance) (process_open_fds{${nodes}}) / max by (instance) (process_max_fds{${nodes}})`,
          limits: { doubtful: 0.6, bad: 0.8 },
        }),
        byNode({
          title: 'Open descriptors',
          info: 'The same as a number: compare replicas.',
          unit: unit.count,
          expr: `max by (instance) (process_open_fds{${nodes}})`,
        }),
        byNode({
          title: 'Messages that a consumer holds',
          info: 'Taken from the queue and not yet done. Its batch is the limit.',
          unit: unit.count,
          expr: 'sum by (instance, queue) (faultline_queue_held)',
          legend: '{{instance}}: {{queue}}',
        }),
      ],
    },
    {
      title: 'Database connections',
      panels: [
        byNode({
          title: 'Connections in use',
          info: 'Share of the pool that works at this moment. At 1, others wait.',
          unit: unit.share,
          expr: `sum by (instance, db_client_connection_pool_name) (db_client_connection_count{db_client_connection_state="used"}) / sum by (instance, db_client_connection_pool_name) (db_client_connection_max)`,
          limits: { doubtful: 0.7, bad: 0.95 },
          max: 1,
          legend: '{{instance}} {{db_client_connection_pool_name}}',
        }),
        byNode({
          title: 'Waiting for a connection',
          info: 'Requests that want one at this moment. Zero while all is well.',
          unit: unit.count,
          expr: 'sum by (instance, db_client_connection_pool_name) (db_client_connection_pending_requests)',
          limits: { bad: 1 },
          legend: '{{instance}} {{db_client_connection_pool_name}}',
        }),
        byNode({
          title: 'Time until a connection is had',
          info: '95th percentile. The pool is too small, or statements hold on to connections for too long.',
          unit: unit.seconds,
          expr: quantile(0.95, 'db_client_connection_wait_time_seconds', 'instance, db_client_connection_pool_name'),
          limits: { doubtful: 0.05, bad: 0.5 },
          legend: '{{instance}} {{db_client_connection_pool_name}}',
        }),
      ],
    },
    {
      title: 'Caches',
      panels: [
        byNode({
          title: 'Answered from the cache',
          info: 'Share of the lookups that needed no origin. When it falls, all that load goes to the origin: after a restart for a while, after a change of lifetimes for good.',
          unit: unit.share,
          expr: share(
            'sum by (service, cache) (rate(faultline_cache_requests_total{result=~"hit|stale|coalesced"}[$__rate_interval]))',
            'sum by (service, cache) (rate(faultline_cache_requests_total[$__rate_interval]))',
          ),
          max: 1,
          legend: '{{service}}: {{cache}}',
        }),
        timeSeries({
          title: 'Lookups by result',
          info: '`coalesced` waited for somebody else’s lookup of the same: many of them are a stampede that was held off. `stale` hides a dark origin.',
          unit: unit.requestsPerSecond,
          queries: [
            { expr: sumRate('faultline_cache_requests_total', 'service, result'), legend: '{{service}}: {{result}}' },
          ],
          stacked: true,
          width: 8,
        }),
        byNode({
          title: 'Entries',
          info: 'That each cache holds.',
          unit: unit.count,
          expr: 'sum by (instance, cache) (faultline_cache_entries)',
          legend: '{{instance}}: {{cache}}',
        }),
      ],
    },
  ],
})
