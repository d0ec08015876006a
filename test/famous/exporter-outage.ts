// An exporter outage: spans of a service are lost while its metrics go on. What tells is that something counts what is missing.
import { searchTraces } from '../traces.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const NODE = 'products-na'
const dropped = { signal: 'traces' }
const requests = `sum(rate(http_server_request_duration_seconds_count{instance="${NODE}"}[5s]))`

export const exporterOutage: Scenario = {
  id: 'exporter-outage',
  size: 'small',
  load: 20,
  async run(stage) {
    await stage.until('spans of products', async () => (await spansSince(stage, Date.now() - 10_000)) > 0)
    const before = await stage.told(NODE, 'faultline_telemetry_dropped_total', dropped)
    const rate = await stage.value(requests)
    await stage.inject('exporter-outage', { target: 'products' })
    const lost = async () => (await stage.told(NODE, 'faultline_telemetry_dropped_total', dropped)) - before
    await stage.until('spans to be counted as lost', async () => (await lost()) > 50, 60_000)
    // What was on its way when it began is there; nothing that began later is.
    const sinceMs = Date.now()
    await stage.until('the alert', async () => (await stage.firing()).includes('TelemetryDropped'), 90_000)
    stage.expect('no span of products', (await spansSince(stage, sinceMs)) === 0)
    stage.expect('its callers to have theirs', (await spansSince(stage, sinceMs, 'gateway')) > 0)
    const during = await stage.value(requests)
    stage.expect('metrics to go on', during > 1, { rate, during })
    stage.expect('its scrapes to go on', (await stage.value(`min_over_time(up{instance="${NODE}"}[10s])`)) === 1)
    const atTheEnd = await lost()

    await stage.control.clearFaults({})
    const clearedMs = Date.now()
    const backS = await stage.until('spans again', async () => (await spansSince(stage, clearedMs)) > 0, 60_000)
    const quiet = `increase(faultline_telemetry_dropped_total{instance="${NODE}", signal="traces"}[5s])`
    await stage.until('no more losses', async () => (await stage.value(quiet)) === 0, 60_000)
    stage.note(
      'spans lost, and counted',
      `${atTheEnd}, while metrics told of ${during.toFixed(1)} requests/s (${rate.toFixed(1)} before)`,
    )
    stage.note('spans again after', `${backS.toFixed(1)} s`)
  },
}

/** Traces with spans of a service that began since then. */
async function spansSince(stage: Stage, sinceMs: number, service = 'products'): Promise<number> {
  const found = await searchTraces(stage.cluster.urls.jaeger, {
    service,
    limit: '100',
    start: String(sinceMs * 1_000),
    end: String((Date.now() + 1_000) * 1_000),
  })
  return found.filter(({ spans }) => spans.some((span) => span.service === service && span.startUs >= sinceMs * 1_000))
    .length
}
