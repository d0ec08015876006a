// Lets the OpenTelemetry SDK count what becomes of its own spans and log records, dropped ones among them, in our metrics.
// Of the API for meters it has what the SDK's batch processors use: counters and observed sizes.
// https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
import {
  type Attributes,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  type ObservableCallback,
  type ObservableResult,
} from '@opentelemetry/api'
import type { Metrics } from './instruments.ts'

/** A provider for `selfObsMeterProvider` of a processor. Its metrics keep one label: why spans or records were lost. */
export function createSdkMeterProvider(metrics: Metrics): MeterProvider {
  const dropped = metrics.counter({
    name: 'faultline_telemetry_dropped_total',
    help: 'Spans and log records that were dropped or lost in export',
    labels: ['signal'],
  })
  // Not that meter itself, which everybody without a meter of his own shares.
  const noop: Meter = Object.create(createNoopMeter())
  const meter = Object.assign(noop, {
    createCounter(name: string, options?: { description?: string }) {
      const counter = metrics.counter({
        name: `${prometheusName(name)}_total`,
        help: options?.description ?? name,
        labels: ['error_type'],
      })
      const signal = name.includes('.log.') ? 'logs' : 'traces'
      counter.add({ error_type: undefined }, 0)
      dropped.add({ signal }, 0)
      return {
        add(value: number, attributes?: Attributes) {
          const errorType = attributes?.['error.type']?.toString()
          counter.add({ error_type: errorType }, value)
          if (errorType !== undefined) dropped.add({ signal }, value)
        },
      }
    },
    createUpDownCounter(name: string, options?: { description?: string }) {
      let sum = 0
      metrics.observeGauge({ name: prometheusName(name), help: options?.description ?? name }, () => sum)
      return {
        add(value: number) {
          sum += value
        },
      }
    },
    createObservableUpDownCounter(name: string, options?: { description?: string }) {
      const callbacks = new Set<ObservableCallback>()
      metrics.observeGauge({ name: prometheusName(name), help: options?.description ?? name }, () => sumOf(callbacks))
      return {
        addCallback: (callback: ObservableCallback) => void callbacks.add(callback),
        removeCallback: (callback: ObservableCallback) => void callbacks.delete(callback),
      }
    },
  })
  return { getMeter: () => meter }
}

function prometheusName(name: string): string {
  return name.replaceAll('.', '_')
}

function sumOf(callbacks: Set<ObservableCallback>): number {
  let sum = 0
  const result: ObservableResult = {
    observe(value) {
      sum += value
    },
  }
  for (const callback of callbacks) callback(result)
  return sum
}
