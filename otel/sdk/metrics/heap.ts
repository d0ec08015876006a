// The JavaScript heap and its garbage collections, named as the semantic conventions for V8 name them.
// https://opentelemetry.io/docs/specs/semconv/runtime/v8js-metrics/
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Metrics } from './instruments.ts'

const gcTypes: Record<number, string> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}
const gcBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 1]

/** Measures until the process ends. */
export function measureHeap(metrics: Metrics): void {
  metrics.observeGauge(
    { name: 'v8js_memory_heap_used_bytes', help: 'Heap in use, all spaces together' },
    () => getHeapStatistics().used_heap_size,
  )
  metrics.observeGauge(
    { name: 'v8js_memory_heap_limit_bytes', help: 'Size of the heap at which the process dies' },
    () => getHeapStatistics().heap_size_limit,
  )
  const duration = metrics.histogram({
    name: 'v8js_gc_duration_seconds',
    help: 'Pauses for garbage collection',
    labels: ['v8js_gc_type'],
    buckets: gcBuckets,
  })
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // Entries of type gc carry the kind; Node's types know no entry by its type.
      const { kind } = (entry as unknown as { detail: { kind: number } }).detail
      duration.record(entry.duration / 1_000, { v8js_gc_type: gcTypes[kind] ?? 'unknown' })
    }
  })
  observer.observe({ entryTypes: ['gc'] })
}
