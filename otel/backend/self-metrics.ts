// What the backend tells of itself, in Prometheus's text format. Names are those of a node's process metrics where both have them.
import { performance } from 'node:perf_hooks'
import type { BackendStats } from './backend.ts'

type Type = 'counter' | 'gauge'
type Family = [name: string, type: Type, help: string, samples: number | Record<string, number>]

/** Utilisation of the event loop is told since the last exposition, by `performance.eventLoopUtilization`. */
export function createSelfMetrics(stats: () => BackendStats, startedMs: number): () => string {
  let loop = performance.eventLoopUtilization()
  return () => {
    const elapsed = performance.eventLoopUtilization(loop)
    loop = performance.eventLoopUtilization()
    const cpu = process.cpuUsage()
    const { spans, traces, logs, bytes, metrics } = stats()
    const families: Family[] = [
      ['process_cpu_seconds_total', 'counter', 'CPU time, user and system.', (cpu.user + cpu.system) / 1e6],
      ['process_resident_memory_bytes', 'gauge', 'Resident memory.', bytes.rss],
      ['process_start_time_seconds', 'gauge', 'Start since the epoch.', startedMs / 1000],
      [
        'nodejs_eventloop_utilization',
        'gauge',
        'Share of time that the event loop was busy, since the last scrape.',
        elapsed.utilization,
      ],
      [
        'faultline_backend_received_total',
        'counter',
        'Records received by OTLP.',
        bySignal(spans.received, logs.received),
      ],
      ['faultline_backend_refused_total', 'counter', 'Records refused.', bySignal(spans.refused, logs.refused)],
      [
        'faultline_backend_evicted_total',
        'counter',
        'Records given up for want of room.',
        bySignal(spans.evicted, logs.evicted),
      ],
      ['faultline_backend_held', 'gauge', 'Records that can be queried.', bySignal(spans.held, logs.held)],
      ['faultline_backend_traces', 'gauge', 'Traces that can be queried.', traces.held],
      [
        'faultline_backend_store_bytes',
        'gauge',
        'Bytes of a store.',
        { ...bySignal(bytes.spans, bytes.logs), 'signal="metrics"': bytes.metrics },
      ],
      [
        'faultline_backend_store_budget_bytes',
        'gauge',
        'Bytes that a store may have.',
        { ...bySignal(bytes.spansBudget, bytes.logsBudget), 'signal="metrics"': bytes.metricsBudget },
      ],
      ['prometheus_tsdb_head_series', 'gauge', 'Series held.', metrics.series],
      ['prometheus_tsdb_head_samples_appended_total', 'counter', 'Samples appended.', metrics.appended],
      ['prometheus_tsdb_out_of_order_samples_total', 'counter', 'Samples refused as too old.', metrics.outOfOrder],
      [
        'faultline_backend_refused_series_total',
        'counter',
        'Samples refused because their series would be one too many.',
        metrics.refusedSeries,
      ],
    ]
    return families.map(writeFamily).join('')
  }
}

function bySignal(traces: number, logs: number): Record<string, number> {
  return { 'signal="traces"': traces, 'signal="logs"': logs }
}

function writeFamily([name, type, help, samples]: Family): string {
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  if (typeof samples === 'number') return `${head}${name} ${samples}\n`
  return (
    head +
    Object.entries(samples)
      .map(([labels, value]) => `${name}{${labels}} ${value}\n`)
      .join('')
  )
}
