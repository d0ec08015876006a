// Random OTLP requests that use every field and every type of value, for tests against the oracle and for the fuzz test's seeds.
import { randomHex, seededRandom } from '../bench-data.ts'

export type Random = () => number

type Make<T> = (random: Random) => T

export interface RequestForms {
  /** With ids and bytes as buffers, as the oracle encodes them. */
  message: object
  /** OTLP's JSON form of the same. */
  json: object
}

/** A trace request of up to `spans` spans in a few traces; both forms say the same. */
export function randomTraceRequest(seed: number, spans: number): RequestForms {
  const random = seededRandom(seed)
  const traceIds = Array.from({ length: 3 }, () => randomHex(random, 32))
  const resourceSpans = some(random, 1, 3, () => ({
    resource: randomResource(random),
    scopeSpans: some(random, 1, 2, () => ({
      scope: { name: word(random), version: '1.2', attributes: some(random, 0, 2, () => randomKeyValue(random, 2)) },
      spans: some(random, 1, Math.max(1, Math.floor(spans / 4)), () => randomSpan(random, pick(random, traceIds))),
      schemaUrl: maybe(random, '', 'https://opentelemetry.io/schemas/1.30.0'),
    })),
    schemaUrl: maybe(random, '', 'https://opentelemetry.io/schemas/1.27.0'),
  }))
  return { message: toMessage({ resourceSpans }) as object, json: { resourceSpans } }
}

export function randomLogsRequest(seed: number, records: number): RequestForms {
  const random = seededRandom(seed)
  const resourceLogs = some(random, 1, 3, () => ({
    resource: randomResource(random),
    scopeLogs: some(random, 1, 2, () => ({
      scope: { name: word(random) },
      logRecords: some(random, 1, Math.max(1, Math.floor(records / 4)), () => randomLogRecord(random)),
    })),
  }))
  return { message: toMessage({ resourceLogs }) as object, json: { resourceLogs } }
}

function randomResource(random: Random): object {
  const service = { key: 'service.name', value: { stringValue: `svc-${Math.floor(random() * 4)}` } }
  return {
    attributes: [service, ...some(random, 0, 4, () => randomKeyValue(random, 1))],
    droppedAttributesCount: maybe(random, 0, 3),
  }
}

function randomSpan(random: Random, traceId: string): object {
  return {
    traceId,
    spanId: randomHex(random, 16),
    traceState: maybe(random, '', 'vendor=1'),
    parentSpanId: maybe(random, '', randomHex(random, 16)),
    name: word(random),
    kind: Math.floor(random() * 6),
    startTimeUnixNano: time(random),
    endTimeUnixNano: time(random),
    attributes: some(random, 0, 8, () => randomKeyValue(random, 0)),
    droppedAttributesCount: maybe(random, 0, 7),
    events: some(random, 0, 2, () => ({
      timeUnixNano: time(random),
      name: word(random),
      attributes: some(random, 0, 2, () => randomKeyValue(random, 1)),
      droppedAttributesCount: maybe(random, 0, 1),
    })),
    droppedEventsCount: maybe(random, 0, 2),
    links: some(random, 0, 2, () => ({
      traceId: randomHex(random, 32),
      spanId: randomHex(random, 16),
      traceState: maybe(random, '', 'a=b'),
      attributes: some(random, 0, 2, () => randomKeyValue(random, 1)),
      droppedAttributesCount: maybe(random, 0, 1),
      flags: maybe(random, 0, 257),
    })),
    droppedLinksCount: maybe(random, 0, 2),
    status: { message: maybe(random, '', 'it broke: é'), code: Math.floor(random() * 3) },
    flags: maybe(random, 0, 257),
  }
}

function randomLogRecord(random: Random): object {
  return {
    timeUnixNano: time(random),
    severityNumber: 1 + Math.floor(random() * 24),
    severityText: maybe(random, '', 'WARN'),
    body: randomValue(random, 1),
    attributes: some(random, 0, 4, () => randomKeyValue(random, 1)),
    droppedAttributesCount: maybe(random, 0, 1),
    flags: maybe(random, 0, 1),
    traceId: randomHex(random, 32),
    spanId: randomHex(random, 16),
    observedTimeUnixNano: time(random),
    eventName: maybe(random, '', 'order.placed'),
  }
}

function randomKeyValue(random: Random, depth: number): object {
  return { key: `${word(random)}.${Math.floor(random() * 100)}`, value: randomValue(random, depth) }
}

const VALUES: readonly ((random: Random, depth: number) => object)[] = [
  (random) => ({ stringValue: word(random) }),
  (random) => ({ boolValue: random() < 0.5 }),
  (random) => ({ intValue: String(Math.floor((random() - 0.5) * 1000)) }),
  (random) => ({ intValue: pick(random, ['9223372036854775807', '-9223372036854775808', '4294967296', '-1', '0']) }),
  (random) => ({ doubleValue: pick(random, [0.5, -1e300, 3, 1e-7, 123456.789]) }),
  (random) => ({ bytesValue: Buffer.from(word(random)).toString('base64') }),
  (random, depth) => ({ arrayValue: { values: some(random, 0, 3, () => randomValue(random, depth + 1)) } }),
  (random, depth) => ({ kvlistValue: { values: some(random, 0, 3, () => randomKeyValue(random, depth + 1)) } }),
]

function randomValue(random: Random, depth: number): object {
  return pick(random, depth > 3 ? VALUES.slice(0, 6) : VALUES)(random, depth)
}

/** The JSON form with hex ids and base64 as buffers. */
function toMessage(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => toMessage(item))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toMessage(member, name)]))
  }
  if (key === 'traceId' || key === 'spanId' || key === 'parentSpanId') return Buffer.from(String(value), 'hex')
  return key === 'bytesValue' ? Buffer.from(String(value), 'base64') : value
}

const WORDS = [
  'http',
  'route',
  'größe',
  '订单',
  'checkout',
  '🛒',
  'x',
  'a longer piece of text that does not fit into one byte of length. '.repeat(3),
]

function word(random: Random): string {
  return pick(random, WORDS)
}

function time(random: Random): string {
  return String(1_790_000_000_000_000_000n + BigInt(Math.floor(random() * 1e15)))
}

function maybe<T>(random: Random, empty: T, value: T): T {
  return random() < 0.5 ? empty : value
}

function pick<T>(random: Random, items: readonly T[]): T {
  // The list is not empty and the place is below its length.
  return items[Math.floor(random() * items.length)]!
}

function some<T>(random: Random, min: number, max: number, make: Make<T>): T[] {
  return Array.from({ length: min + Math.floor(random() * (max - min + 1)) }, () => make(random))
}
