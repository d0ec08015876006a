// Starts the OpenTelemetry SDK of a node. Import it before anything that it should trace: the first line of every main.ts.
// It is the one module with an import side effect, and it reads its few settings from the environment itself.
import { setTimeout as delay } from 'node:timers/promises'
import { logs } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { ATTR_CLOUD_REGION, ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions/incubating'
import { CustomerRegionProcessor } from './customer-region.ts'
import { HeadSampler } from './head-sampler.ts'
import { Impairments } from './impairment.ts'
import { createInstrumentations } from './instrumentations.ts'
import { createMetrics } from './metrics/create-metrics.ts'
import { measureEventLoop } from './metrics/event-loop.ts'
import { measureHeap } from './metrics/heap.ts'
import { type Metrics, noMetrics } from './metrics/instruments.ts'
import { measureBuild, measureProcess } from './metrics/process.ts'
import { createSdkMeterProvider } from './metrics/sdk-meter.ts'
import { ContextPropagator } from './propagator.ts'
import { RootSpanMeter } from './root-span-meter.ts'
import { NOBODY_TIMEOUT_MS, nobodysUrl, SwitchedExporter } from './switched-exporter.ts'
import { currentVersion, noteBuild } from './version.ts'

/** Short enough that a span is on screen about a second after it ended; measured to cost no more than 5 s does. */
const EXPORT_INTERVAL_MS = 1_000
/** Spans and records that wait for export; beyond it they are dropped, and a node's memory stays bounded. */
const MAX_QUEUE = 4_096
const EXPORT_TIMEOUT_MS = 5_000
/** How long a node that leaves waits for its last batch; a collector that is there takes some milliseconds. */
const LAST_EXPORT_MS = 1_000

function startMetrics(env: NodeJS.ProcessEnv): Metrics {
  if (env.FAULTLINE_TELEMETRY === 'off') return noMetrics
  const metrics = createMetrics()
  measureBuild(metrics, currentVersion)
  measureProcess(metrics)
  measureEventLoop(metrics)
  measureHeap(metrics)
  return metrics
}

function start(env: NodeJS.ProcessEnv): NodeSDK | undefined {
  // `metrics`: nothing is traced or sent, to measure what metrics alone cost.
  if (env.FAULTLINE_TELEMETRY === 'off' || env.FAULTLINE_TELEMETRY === 'metrics') return undefined
  const collector = env.FAULTLINE_OTLP_URL ?? 'http://127.0.0.1:4318'
  const batching = {
    scheduledDelayMillis: EXPORT_INTERVAL_MS,
    maxQueueSize: MAX_QUEUE,
    maxExportBatchSize: 512,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    selfObsMeterProvider: createSdkMeterProvider(metrics),
  }
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: env.FAULTLINE_KIND ?? 'unknown_service',
    [ATTR_SERVICE_INSTANCE_ID]: env.FAULTLINE_NODE ?? 'unknown',
    [ATTR_SERVICE_VERSION]: currentVersion(),
    [ATTR_CLOUD_REGION]: env.FAULTLINE_REGION ?? 'unknown',
  })
  noteBuild(currentVersion(), resource)
  const sdk = new NodeSDK({
    resource,
    // Detectors would add the command line and the host to every batch.
    autoDetectResources: false,
    instrumentations: createInstrumentations(),
    textMapPropagator: new ContextPropagator(impairments),
    sampler: new HeadSampler(impairments, metrics),
    spanProcessors: [
      new CustomerRegionProcessor(),
      new RootSpanMeter(metrics),
      new BatchSpanProcessor(
        new SwitchedExporter(
          new OTLPTraceExporter({ url: `${collector}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS }),
          () => new OTLPTraceExporter({ url: `${nobodysUrl}/v1/traces`, timeoutMillis: NOBODY_TIMEOUT_MS }),
          impairments,
        ),
        batching,
      ),
    ],
    logRecordProcessors: [
      new BatchLogRecordProcessor({
        exporter: new SwitchedExporter(
          new OTLPLogExporter({ url: `${collector}/v1/logs`, timeoutMillis: EXPORT_TIMEOUT_MS }),
          () => new OTLPLogExporter({ url: `${nobodysUrl}/v1/logs`, timeoutMillis: NOBODY_TIMEOUT_MS }),
          impairments,
        ),
        ...batching,
      }),
    ],
    // Metrics are scraped from prom-client; without this line the SDK would start an OTLP exporter of its own.
    metricReaders: [],
  })
  sdk.start()
  return sdk
}

noteBuild(process.env.FAULTLINE_VERSION ?? '0.0.0', undefined)

/** What this process measures; nothing while telemetry is off. */
export const metrics: Metrics = startMetrics(process.env)

/** What is wrong with this process's telemetry. */
export const impairments = new Impairments()

const sdk = start(process.env)

/** Sends what is queued and stops the SDK; for the last moment of a process. Never throws, ends in a second: a dead collector must not keep a node alive. */
export async function shutdownTelemetry(): Promise<void> {
  await Promise.race([sdk?.shutdown().catch(() => undefined), delay(LAST_EXPORT_MS)])
  logs.disable()
}
