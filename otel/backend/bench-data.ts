// Made-up OTLP requests that look like the shop's: traces of some twenty spans over five services, with the attributes that the
// instrumentations set. Seeded, so that every run and every test sees the same ones.

export interface TraceRequestOptions {
  seed: number
  spans: number
  spansPerTrace: number
  /** Start of the first trace, milliseconds since the epoch. */
  startMs: number
}

const SERVICES = ['gateway', 'orders', 'products', 'payments', 'fulfilment']
const ROUTES = ['/products/:id', '/checkout', '/orders/:id', '/stock/reserve', '/charges', '/search']

/** A generator of numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Hex digits of a random id. */
export function randomHex(random: () => number, digits: number): string {
  let hex = ''
  while (hex.length < digits) {
    hex += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  }
  return hex.slice(0, digits)
}

/** An ExportTraceServiceRequest in OTLP's JSON form. */
export function traceRequest(options: TraceRequestOptions): object {
  const random = seededRandom(options.seed)
  const byService = SERVICES.map((): object[] => [])
  let traceId = ''
  let parents: string[] = []
  for (let i = 0; i < options.spans; i++) {
    if (i % options.spansPerTrace === 0) {
      traceId = randomHex(random, 32)
      parents = ['']
    }
    const service = Math.floor(random() * SERVICES.length)
    const spanId = randomHex(random, 16)
    const startMs = options.startMs + Math.floor(i / options.spansPerTrace)
    // Both are within their lists.
    byService[service]!.push(spanOf(random, traceId, spanId, parents[Math.floor(random() * parents.length)]!, startMs))
    parents = parents[0] === '' ? [spanId] : [...parents, spanId]
  }
  const resourceSpans = byService.map((spans, service) => ({
    resource: { attributes: resourceAttributes(SERVICES[service]!) },
    scopeSpans: [{ scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' }, spans }],
  }))
  return { resourceSpans: resourceSpans.filter((group) => group.scopeSpans[0]!.spans.length > 0) }
}

function spanOf(random: () => number, traceId: string, spanId: string, parentSpanId: string, startMs: number): object {
  const route = ROUTES[Math.floor(random() * ROUTES.length)]!
  const failed = random() < 0.02
  const durationNs = Math.floor(random() ** 3 * 200_000_000)
  return {
    traceId,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    name: `GET ${route}`,
    kind: 2 + Math.floor(random() * 2),
    startTimeUnixNano: `${startMs}000123`,
    endTimeUnixNano: String(BigInt(startMs) * 1_000_000n + 123n + BigInt(durationNs)),
    attributes: [
      text('http.request.method', 'GET'),
      text('http.route', route),
      text('url.path', `/products/${Math.floor(random() * 10_000)}`),
      text('url.scheme', 'http'),
      text('server.address', 'products-eu'),
      number('server.port', 8080),
      number('http.response.status_code', failed ? 500 : 200),
      text('network.protocol.version', '1.1'),
      text('user_agent.original', 'undici'),
      text('customer.region', 'eu'),
      text('order.id', `o-${randomHex(random, 8)}`),
    ],
    ...(failed ? { events: [exceptionEvent(startMs)] } : {}),
    status: failed ? { code: 2, message: 'connection refused' } : {},
    flags: 257,
  }
}

function exceptionEvent(startMs: number): object {
  const stack = 'Error: connection refused\n    at connect (net.js:1:1)\n'.repeat(6)
  const attributes = [
    text('exception.type', 'Error'),
    text('exception.message', 'connection refused'),
    text('exception.stacktrace', stack),
  ]
  return { timeUnixNano: `${startMs}000456`, name: 'exception', attributes }
}

function resourceAttributes(service: string): object[] {
  return [
    text('service.name', service),
    text('service.instance.id', `${service}-1`),
    text('service.version', '0.1.0'),
    text('cloud.region', 'eu'),
    text('telemetry.sdk.language', 'nodejs'),
    text('telemetry.sdk.name', 'opentelemetry'),
    text('telemetry.sdk.version', '2.12.0'),
  ]
}

export function text(key: string, value: string): object {
  return { key, value: { stringValue: value } }
}

export function number(key: string, value: number): object {
  return { key, value: { intValue: value } }
}
