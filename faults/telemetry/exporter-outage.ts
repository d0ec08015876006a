import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { hopsOf } from '../trace.ts'

/** Spans of two nodes are sent at different moments; a trace is whole by then. */
const SETTLED_MS = 4_000

export const exporterOutage = defineFault({
  id: 'exporter-outage',
  term: 'exporter outage',
  layer: 'telemetry',
  targets: ['cluster', 'region', 'kind', 'node'],
  parameters: z.strictObject({}),
  description:
    'Spans and logs of the target find no collector: connections are refused, and what was to be sent is lost after a few tries. Metrics ' +
    'are scraped, so that they go on.',
  acts: { telemetry: () => ({ collectorGone: true }) },
  signature: {
    gist: 'spans that could not be sent',
    promql: 'sum by (instance) (rate(faultline_telemetry_dropped_total{signal="traces"}[10s])) > 0',
    trace: {
      search: () => ({
        services: ['gateway', 'orders', 'recommendations', 'edge'],
        end: String((Date.now() - SETTLED_MS) * 1_000),
      }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(
          ({ client, server, callee }) =>
            nodes.includes(callee) && server === undefined && Number(client.tags['http.response.status_code']) === 200,
        ),
    },
    alert: 'TelemetryDropped',
  },
  impact: { indicator: null, text: 'none: customers notice nothing. Traces have holes where the target was' },
  remedies: [
    { measure: 'a queue that outlasts the outage', why: 'what is kept can be sent later' },
    { measure: 'an alert on absence', why: 'nothing else tells that nothing comes' },
  ],
  redHerring: 'the target looks idle in traces and dependencies, while its metrics count every request',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
