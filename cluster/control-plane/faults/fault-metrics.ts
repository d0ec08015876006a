// What is broken on purpose, as a metric of the control plane: for dashboards, and never for what is secret.
import type { Metrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { FaultBook } from './fault-book.ts'

export function measureFaults(metrics: Metrics, faults: FaultBook): void {
  metrics.observeGauge(
    { name: 'faultline_fault_active', help: 'Injections that are active', labels: ['fault', 'target'] },
    () => {
      const counts = new Map<string, readonly [{ fault: string; target: string }, number]>()
      for (const { fault, target, secret } of faults.list()) {
        if (secret) continue
        const key = `${fault} ${target}`
        counts.set(key, [{ fault, target }, (counts.get(key)?.[1] ?? 0) + 1])
      }
      return counts.values()
    },
  )
}
