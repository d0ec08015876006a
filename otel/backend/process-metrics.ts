// What the backend's process tells of itself at `/metrics`, in Prometheus's text format, named as a node's process metrics are.
// What its metric store holds and refused, the store writes into itself.
import { performance } from 'node:perf_hooks'
import type { BackendStats } from './backend.ts'

type Type = 'counter' | 'gauge'
type Family = [name: string, type: Type, help: string, samples: number | Record<string, number>]

/** Utilisation of the event loop is told since the last exposition, by `performance.eventLoopUtilization`. */
export function createProcessMetrics(stats: () => BackendStats, startedMs: number): () => string {
  let loop = performance.eventLoopUtilization()
  return () => {
    const { utilization } = performance.eventLoopUtilization(loop)
    loop = performance.eventLoopUtilization()
    const cpu = process.cpuUsage()
    const { spans, traces, logs, bytes } = stats()
    const families: Family[] = [
      ['process_cpu_seconds_total', 'counter', 'CPU time, user and system', (cpu.user + cpu.system) / 1e6],
      ['process_resident_memory_bytes', 'gauge', 'Resident memory', bytes.rss],
      ['process_start_time_seconds', 'gauge', 'Start of the process, Unix time', startedMs / 1000],
      [
        'nodejs_eventloop_utilization_ratio',
        'gauge',
        'Busy share of the event loop since the last scrape',
        utilization,
      ],
      [`${PREFIX}_received_total`, 'counter', 'Records received', bySignal(spans.received, logs.received)],
      [`${PREFIX}_refused_total`, 'counter', 'Records refused', bySignal(spans.refused, logs.refused)],
      [`${PREFIX}_evicted_total`, 'counter', 'Records given up for room', bySignal(spans.evicted, logs.evicted)],
      [`${PREFIX}_held`, 'gauge', 'Records that can be queried', bySignal(spans.held, logs.held)],
      [`${PREFIX}_bytes`, 'gauge', 'Bytes of a store', bySignal(bytes.spans, bytes.logs)],
      [`${PREFIX}_limit_bytes`, 'gauge', 'Budget of a store', bySignal(bytes.spansBudget, bytes.logsBudget)],
      ['faultline_backend_traces', 'gauge', 'Traces that can be queried', traces.held],
    ]
    return families.map(writeFamily).join('')
  }
}

const PREFIX = 'faultline_backend_records'

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
