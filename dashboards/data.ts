// 7. Where the data is, how old what one reads may be, and what waits to be done.
import { ledgerRow } from './ledger-row.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { quantile, rate, sumRate } from './panels/promql.ts'
import { stat } from './panels/stat.ts'
import { stateTimeline } from './panels/state-timeline.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { region, services } from './panels/variables.ts'

const nodes = 'region=~"$region", service=~"$service"'
const noReplica = 'a small cluster has one region and no replica.'

export const data = buildDashboard({
  id: 'data',
  headline: `**Is anything lost, done twice, old, or waiting?** Replicas a few milliseconds behind, queues that empty as fast as they fill, no dead
letter: all is well. In trouble, look at the age of the oldest message before its number, at who fell back to the primary, and at which
repeats were caught: a duplicate that was suppressed is a failure that nobody noticed.`,
  variables: [region, services],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Oldest order to be shipped',
          info: 'How long the oldest message has waited. Seconds are well; above 30 the shop pages somebody.',
          unit: unit.seconds,
          queries: [{ expr: 'max(faultline_queue_oldest_age_seconds)', legend: 'age' }],
          limits: { doubtful: 10, bad: 30 },
          width: 6,
        }),
        stat({
          title: 'Waiting messages',
          info: 'In all queues. Their number alone says little: look at the age beside it.',
          unit: unit.count,
          queries: [{ expr: 'sum(max by (queue) (faultline_queue_messages))', legend: 'messages' }],
          limits: { doubtful: 20, bad: 50 },
          width: 6,
        }),
        stat({
          title: 'Dead letters',
          info: 'Messages that failed every delivery, and wait for people: `GET /dead-letters` of fulfilment lists them.',
          unit: unit.count,
          queries: [{ expr: 'sum(max by (queue) (faultline_queue_dead_letters))', legend: 'dead letters' }],
          limits: { bad: 1 },
          width: 6,
        }),
        stat({
          title: 'Nodes that reach the primary',
          info: 'Of those with a database. The others can read, if they have a replica, and not write.',
          unit: unit.share,
          queries: [
            {
              expr: 'avg(max by (instance) (faultline_database_role{db_client_connection_pool_name="primary", role="primary"}))',
              legend: 'reach it',
            },
          ],
          limits: { bad: 1, lowIsBad: true },
          width: 6,
        }),
      ],
    },
    {
      title: 'Replication',
      panels: [
        timeSeries({
          title: 'Replica lag',
          info: 'How far the replica that a node reads is behind the primary. Reads of that region are so old.',
          emptyIsGood: noReplica,
          unit: unit.seconds,
          queries: [{ expr: 'max by (instance) (faultline_replication_lag_seconds)', legend: 'read by {{instance}}' }],
          limits: { doubtful: 1, bad: 5 },
          width: 8,
        }),
        timeSeries({
          title: 'Replica lag in bytes',
          info: 'What the replica has yet to replay. Bytes that grow while seconds do not: the primary writes faster than the way carries.',
          emptyIsGood: noReplica,
          unit: unit.bytes,
          queries: [{ expr: 'max by (instance) (faultline_replication_lag_bytes)', legend: 'read by {{instance}}' }],
          width: 8,
        }),
        timeSeries({
          title: 'Reads sent to the primary instead',
          info: `Reads of a region with a replica that went to the primary: since the replica was not there, or was behind what the customer had just
written (\`behind\`). They cost the way.`,
          emptyIsGood: 'every read was answered by the replica of its region.',
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: sumRate('faultline_database_replica_fallbacks_total', 'instance, reason'),
              legend: '{{instance}}: {{reason}}',
            },
          ],
          width: 8,
        }),
        stateTimeline({
          title: 'Role of the server at the other end',
          info: `What each node's database connections say that they lead to. A pool of the primary that turns to replica or unknown is a failover, or
an outage: writes fail meanwhile.`,
          unit: unit.none,
          queries: [
            {
              expr: `max by (instance, db_client_connection_pool_name) (2 * faultline_database_role{role="primary", ${nodes}} or faultline_database_role{role="replica", ${nodes}} or 0 * faultline_database_role{role="unknown", ${nodes}})`,
              legend: '{{instance}}: {{db_client_connection_pool_name}}',
            },
          ],
          states: [
            { value: 0, text: 'unknown', color: 'red' },
            { value: 1, text: 'replica', color: 'blue' },
            { value: 2, text: 'primary', color: 'green' },
          ],
          emptyIsGood: 'the services chosen have no database.',
        }),
      ],
    },
    {
      title: 'Reads and writes',
      panels: [
        timeSeries({
          title: 'Stale pages',
          info: 'Answers that caches gave though they were old, since the origin did not answer: better than an error, and a sign of one.',
          unit: unit.requestsPerSecond,
          queries: [
            { expr: sumRate('faultline_cache_requests_total', 'instance', 'result="stale"'), legend: '{{instance}}' },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Statements by service',
          info: 'What each service asks of its database.',
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: sumRate('db_client_operation_duration_seconds_count', 'service, db_client_connection_pool_name'),
              legend: '{{service}} on the {{db_client_connection_pool_name}}',
            },
          ],
          stacked: true,
          width: 8,
        }),
        timeSeries({
          title: 'Statements that failed',
          info: 'By the code of PostgreSQL, or of the socket. 57P01 and ECONNREFUSED: the server stopped; 25006: it is read-only, a replica.',
          emptyIsGood: 'no statement has failed.',
          unit: unit.requestsPerSecond,
          queries: [
            {
              expr: `${sumRate('db_client_operation_duration_seconds_count', 'service, error_type', 'error_type!=""')} > 0`,
              legend: '{{service}}: {{error_type}}',
            },
          ],
          width: 8,
        }),
      ],
    },
    {
      title: 'Outbox and queue',
      panels: [
        timeSeries({
          title: 'Age of the oldest message',
          info: `Messages are written in the transaction that confirms the order, so none is lost; they only wait. The age tells how long, whatever
their number.`,
          unit: unit.seconds,
          queries: [{ expr: 'max by (queue) (faultline_queue_oldest_age_seconds)', legend: '{{queue}}' }],
          limits: { doubtful: 10, bad: 30 },
          width: 8,
        }),
        timeSeries({
          title: 'Sent and delivered',
          info: 'Both lines on each other: consumers keep up. Delivered above sent: they catch up, or deliver again.',
          unit: unit.countsPerSecond,
          queries: [
            { expr: sumRate('faultline_queue_sent_total', 'queue'), legend: 'sent to {{queue}}' },
            { expr: sumRate('faultline_queue_delivered_total', 'queue'), legend: 'delivered from {{queue}}' },
            { expr: sumRate('faultline_queue_redelivered_total', 'queue'), legend: 'delivered again from {{queue}}' },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Waiting, and given up',
          info: 'Messages in the queue, and dead letters.',
          unit: unit.count,
          queries: [
            { expr: 'max by (queue) (faultline_queue_messages)', legend: 'waiting in {{queue}}' },
            { expr: 'max by (queue) (faultline_queue_dead_letters)', legend: 'dead letters of {{queue}}' },
          ],
          width: 8,
        }),
        timeSeries({
          title: 'Time to handle a message',
          info: '95th percentile, from delivery until done, or given back.',
          unit: unit.seconds,
          queries: [
            {
              expr: quantile(0.95, 'faultline_queue_process_duration_seconds', 'queue, outcome'),
              legend: '{{queue}}: {{outcome}}',
            },
          ],
        }),
        timeSeries({
          title: 'Duplicates suppressed',
          info: `Repeats of a checkout, a charge or a shipment that was done already, and had no further effect: at least once everywhere, with an effect
exactly once. They come in pairs with retries and deaths.`,
          unit: unit.countsPerSecond,
          queries: [
            {
              expr: `sum by (operation) (${rate('shop_repetitions_total', 'outcome="recognised"')})`,
              legend: '{{operation}}',
            },
          ],
        }),
      ],
    },
    ledgerRow,
  ],
})
