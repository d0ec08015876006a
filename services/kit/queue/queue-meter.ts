// Measures a queue: what this node sends and handles, and, for whoever observes it, how much waits and since when.
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'

/** What waits in a queue, as its table says. */
export type Backlog = {
  waiting: number
  /** Age of the oldest message that waits, in seconds; 0 when none does. */
  oldestS: number
  deadLetters: number
}

export type QueueMeter = {
  sent(queue: string): void
  fetched(queue: string, messages: readonly { id: string; redeliveries: number }[]): void
  /** A message was handled, or given back when `failed`. */
  settled(queue: string, messageId: string, failed: boolean): void
  backlog(queue: string, backlog: Backlog): void
}

const processBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** A backlog that was read longer ago is not told any more. */
const MAX_AGE_MS = 10_000
/** Messages whose start is remembered; a consumer has far fewer at a time. */
const MAX_STARTED = 1_000

const none: QueueMeter = { sent() {}, fetched() {}, settled() {}, backlog() {} }

export function createQueueMeter(metrics: Metrics): QueueMeter {
  if (metrics === noMetrics) return none
  const labels = ['queue'] as const
  const sent = metrics.counter({ name: 'faultline_queue_sent_total', help: 'Messages sent', labels })
  const delivered = metrics.counter({
    name: 'faultline_queue_delivered_total',
    help: 'Deliveries to this node',
    labels,
  })
  const redelivered = metrics.counter({
    name: 'faultline_queue_redelivered_total',
    help: 'Deliveries of messages that were delivered before',
    labels,
  })
  const duration = metrics.histogram({
    name: 'faultline_queue_process_duration_seconds',
    help: 'From the delivery of a message until it was handled or given back',
    labels: [...labels, 'outcome'],
    buckets: processBuckets,
  })
  const started = new Map<string, number>()
  const held = new Map<string, number>()
  metrics.observeGauge({ name: 'faultline_queue_held', help: 'Messages that this node has taken', labels }, () =>
    [...held].map(([queue, count]) => [{ queue }, count] as const),
  )
  const backlogs = observeBacklogs(metrics)
  return {
    sent: (queue) => sent.add({ queue }),
    fetched(queue, messages) {
      delivered.add({ queue }, messages.length)
      redelivered.add({ queue }, messages.filter((message) => message.redeliveries > 0).length)
      held.set(queue, (held.get(queue) ?? 0) + messages.length)
      for (const { id } of messages) if (started.size < MAX_STARTED) started.set(id, performance.now())
    },
    settled(queue, messageId, failed) {
      held.set(queue, (held.get(queue) ?? 1) - 1)
      const startMs = started.get(messageId)
      started.delete(messageId)
      if (startMs === undefined) return
      const labels = { queue, outcome: failed ? 'failed' : 'ok' }
      duration.record((performance.now() - startMs) / 1_000, labels)
    },
    backlog: (queue, backlog) => backlogs.set(queue, { ...backlog, atMs: performance.now() }),
  }
}

function observeBacklogs(metrics: Metrics): Map<string, Backlog & { atMs: number }> {
  const backlogs = new Map<string, Backlog & { atMs: number }>()
  const read = (pick: (backlog: Backlog) => number) => () =>
    [...backlogs]
      .filter(([, { atMs }]) => performance.now() - atMs < MAX_AGE_MS)
      .map(([queue, backlog]) => [{ queue }, pick(backlog)] as const)
  const labels = ['queue'] as const
  metrics.observeGauge(
    { name: 'faultline_queue_messages', help: 'Messages that wait; every consumer tells the same', labels },
    read(({ waiting }) => waiting),
  )
  metrics.observeGauge(
    {
      name: 'faultline_queue_oldest_age_seconds',
      help: 'Since when the oldest of them has been waiting',
      labels,
    },
    read(({ oldestS }) => oldestS),
  )
  metrics.observeGauge(
    {
      name: 'faultline_queue_dead_letters',
      help: 'Messages that were given up; every consumer tells the same',
      labels,
    },
    read(({ deadLetters }) => deadLetters),
  )
  return backlogs
}
