// 9. Whether what all the others show can be trusted, and what it costs.
import { buildDashboard } from './panels/dashboard.ts'
import { rate, sumRate } from './panels/promql.ts'
import { stat } from './panels/stat.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { region, services } from './panels/variables.ts'

const nodes = 'region=~"$region", service=~"$service"'
/** The embedded backend, or the programs that stand in its place. */
const collectors = 'service=~"backend|collector|prometheus|jaeger|loki"'

export const telemetry = buildDashboard({
  id: 'telemetry',
  headline: `**Can the other dashboards be believed, and what do they cost?** Every target scraped, nothing dropped, nothing refused: what you see is
what there is. A gap in the other dashboards with a gap here is one of the telemetry; without one, it is real. Evicted traces are the oldest,
given up for room, and are no loss as long as they are old.`,
  variables: [region, services],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Targets that answer',
          info: 'Of those that are scraped.',
          unit: unit.share,
          queries: [{ expr: 'avg(up)', legend: 'up' }],
          limits: { bad: 1, lowIsBad: true },
          width: 6,
        }),
        stat({
          title: 'Spans a second',
          info: 'That the nodes have sent on.',
          unit: unit.countsPerSecond,
          queries: [{ expr: sumRate('otel_sdk_processor_span_processed_total', '', 'error_type=""'), legend: 'spans' }],
          width: 6,
        }),
        stat({
          title: 'Lost records a second',
          info: 'Spans and lines of logs that nodes could not send.',
          unit: unit.countsPerSecond,
          queries: [{ expr: sumRate('faultline_telemetry_dropped_total', ''), legend: 'lost' }],
          limits: { bad: 0.01 },
          width: 6,
        }),
        stat({
          title: 'Share of CPU for receiving and storing',
          info: 'What the telemetry backend uses of all that is measured here. What nodes spend on making telemetry, the bench measures.',
          unit: unit.share,
          queries: [
            {
              expr: `${sumRate('process_cpu_seconds_total', '', collectors)} / ${sumRate('process_cpu_seconds_total', '')}`,
              legend: 'share',
            },
          ],
          limits: { doubtful: 0.3, bad: 0.5 },
          width: 6,
        }),
      ],
    },
    {
      title: 'Traces and logs',
      panels: [
        timeSeries({
          title: 'Spans sent by service',
          info: 'It follows the load. A service that falls silent under load has lost its telemetry, or its callers.',
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: sumRate('otel_sdk_processor_span_processed_total', 'service', `error_type="", ${nodes}`),
              legend: '{{service}}',
            },
          ],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Lost by nodes',
          info: 'Records that were given up since the queue was full or nobody took them: gaps in traces, not in the shop.',
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: sumRate('faultline_telemetry_dropped_total', 'instance, signal', nodes),
              legend: '{{instance}}: {{signal}}',
            },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Queues of the nodes',
          info: 'Spans and lines that wait to be sent, as a share of what the queue takes. At 1 they are lost.',
          unit: unit.share,
          queries: [
            {
              expr: `sum by (instance) (otel_sdk_processor_span_queue_size{${nodes}}) / sum by (instance) (otel_sdk_processor_span_queue_capacity{${nodes}})`,
              legend: '{{instance}}: spans',
            },
            {
              expr: `sum by (instance) (otel_sdk_processor_log_queue_size{${nodes}}) / sum by (instance) (otel_sdk_processor_log_queue_capacity{${nodes}})`,
              legend: '{{instance}}: logs',
            },
          ],
          limits: { doubtful: 0.5, bad: 0.9 },
          width: 8,
        }),
        timeSeries({
          title: 'Received',
          info: 'Records that the backend took in, by signal. Together with what nodes lost, it is what they made.',
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: sumRate('faultline_backend_records_received_total', 'signal'),
              legend: '{{signal}}',
            },
            { expr: sumRate('otelcol_receiver_accepted_spans_total', ''), legend: 'traces', ofStack: true },
            { expr: sumRate('otelcol_receiver_accepted_log_records_total', ''), legend: 'logs', ofStack: true },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Refused and evicted',
          info: 'Refused: malformed, or too many at once. Evicted: the oldest, to make room for new ones; it begins when the store is full.',
          unit: unit.countsPerSecond,
          queries: [
            { expr: sumRate('faultline_backend_records_refused_total', 'signal'), legend: '{{signal}} refused' },
            { expr: sumRate('faultline_backend_records_evicted_total', 'signal'), legend: '{{signal}} evicted' },
            { expr: sumRate('otelcol_receiver_refused_spans_total', ''), legend: 'traces refused', ofStack: true },
            {
              expr: sumRate('otelcol_exporter_send_failed_spans_total', ''),
              legend: 'traces not passed on',
              ofStack: true,
            },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'How full the stores are',
          info: 'Share of what each store of the embedded backend may hold. A full one is well: it then gives up the oldest.',
          emptyIsGood: 'the compose stack keeps its telemetry in Jaeger, Loki and Prometheus.',
          unit: unit.share,
          queries: [
            {
              expr: 'sum by (signal) (faultline_backend_records_bytes) / sum by (signal) (faultline_backend_records_limit_bytes)',
              legend: '{{signal}}',
            },
            { expr: 'faultline_backend_store_bytes / faultline_backend_store_limit_bytes', legend: 'metrics' },
          ],
          max: 1,
          width: 8,
        }),
      ],
    },
    {
      title: 'Metrics',
      panels: [
        table({
          title: 'Targets',
          info: 'What each target tells, how long a scrape takes, and how many series were new in the last one: many, again and again, are a label that is not bounded.',
          labels: [
            { label: 'instance', title: 'Node' },
            { label: 'service', title: 'Service' },
          ],
          values: [
            {
              title: 'Up',
              expr: `max by (instance, service) (up{${nodes}})`,
              unit: unit.count,
              limits: { bad: 1, lowIsBad: true },
            },
            {
              title: 'Samples',
              expr: `max by (instance, service) (scrape_samples_scraped{${nodes}})`,
              unit: unit.count,
            },
            {
              title: 'New series',
              expr: `max by (instance, service) (scrape_series_added{${nodes}})`,
              unit: unit.count,
            },
            {
              title: 'Scrape takes',
              expr: `max by (instance, service) (scrape_duration_seconds{${nodes}})`,
              unit: unit.seconds,
              limits: { doubtful: 0.25, bad: 0.5 },
            },
          ],
          sortBy: 'Samples',
          height: 12,
        }),
        timeSeries({
          title: 'Time of a scrape',
          info: 'A node that answers slowly here has a busy event loop; a scrape that is cut off is a gap.',
          unit: unit.seconds,
          queries: [{ expr: `max by (instance) (scrape_duration_seconds{${nodes}})`, legend: '{{instance}}' }],
          limits: { doubtful: 0.25, bad: 0.5 },
          height: 12,
        }),
        timeSeries({
          title: 'Samples by service',
          info: 'Of one scrape of all its nodes. It grows with routes, callees and replicas, and stays.',
          unit: unit.count,
          queries: [{ expr: `sum by (service) (scrape_samples_scraped{${nodes}})`, legend: '{{service}}' }],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Series',
          info: 'That are held, and of the embedded backend those that may be.',
          unit: unit.count,
          queries: [
            { expr: 'max(faultline_backend_series or prometheus_tsdb_head_series)', legend: 'series' },
            { expr: 'max(faultline_backend_series_limit)', legend: 'limit' },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Samples stored, and refused',
          info: 'Refused: older than what is there, the same again, or of series for which there is no room.',
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: `sum(${rate('faultline_backend_samples_appended_total')} or ${rate('prometheus_tsdb_head_samples_appended_total')})`,
              legend: 'stored',
            },
            { expr: sumRate('faultline_backend_samples_refused_total', 'reason'), legend: 'refused: {{reason}}' },
          ],
          width: 8,
        }),
      ],
    },
    {
      title: 'What it costs',
      panels: [
        timeSeries({
          title: 'CPU',
          info: 'Cores of the telemetry backend against those of all nodes together.',
          unit: unit.count,
          queries: [
            { expr: sumRate('process_cpu_seconds_total', 'instance', collectors), legend: '{{instance}}' },
            {
              expr: sumRate('process_cpu_seconds_total', '', collectors.replace('=~', '!~')),
              legend: 'everything else',
            },
          ],
          stacked: true,
        }),
        timeSeries({
          title: 'Memory',
          info: 'Bytes of the telemetry backend against those of all nodes together.',
          unit: unit.bytes,
          queries: [
            { expr: `sum by (instance) (process_resident_memory_bytes{${collectors}})`, legend: '{{instance}}' },
            {
              expr: `sum(process_resident_memory_bytes{${collectors.replace('=~', '!~')}})`,
              legend: 'everything else',
            },
          ],
          stacked: true,
        }),
      ],
    },
  ],
})
