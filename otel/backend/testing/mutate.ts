// Hostile payloads for the fuzz test, made from honest ones. Seeded: the same seed makes the same payloads.

import { encodeMessage } from './oracle.ts'
import { type Random, randomLogsRequest, randomTraceRequest } from './random-request.ts'

export type Signal = 'traces' | 'logs'

export interface HonestRequest {
  signal: Signal
  body: Buffer
  /** Where the body has a trace's id: bytes in protobuf, hex digits in JSON. Spans of one trace have one number. */
  traceIds: { at: number; trace: number }[]
}

/** Honest requests to mutate: both forms of a few dozen. */
export interface Corpus {
  protobuf: HonestRequest[]
  json: HonestRequest[]
}

export function makeCorpus(size: number): Corpus {
  const corpus: Corpus = { protobuf: [], json: [] }
  for (let seed = 0; seed < size; seed++) {
    const isLogs = seed % 4 === 3
    const forms = isLogs ? randomLogsRequest(seed, 4) : randomTraceRequest(seed, 4)
    const signal = isLogs ? 'logs' : 'traces'
    const json = JSON.stringify(forms.json)
    const ids = [...new Set(Array.from(json.matchAll(/"traceId":"([0-9a-f]{32})"/g), (match) => match[1] ?? ''))]
    const protobuf = encodeMessage(isLogs ? 'LogsRequest' : 'TraceRequest', forms.message)
    corpus.protobuf.push({
      signal,
      body: protobuf,
      traceIds: placesOf(
        protobuf,
        ids.map((id) => Buffer.from(id, 'hex')),
      ),
    })
    corpus.json.push({
      signal,
      body: Buffer.from(json),
      traceIds: placesOf(
        Buffer.from(json),
        ids.map((id) => Buffer.from(id)),
      ),
    })
  }
  return corpus
}

/** The request's body with other trace ids, so that stores fill up. */
export function withNewTraces(random: Random, { body, traceIds }: HonestRequest, isJson: boolean): Buffer {
  const renewed = Buffer.from(body)
  const salt = at(random, 2 ** 32)
  for (const { at: place, trace } of traceIds) {
    const id = ((salt + trace) % 2 ** 32).toString(16).padStart(8, '0')
    if (isJson) renewed.write(id, place)
    else renewed.write(id, place, 'hex')
  }
  return renewed
}

function placesOf(body: Buffer, ids: readonly Buffer[]): { at: number; trace: number }[] {
  return ids.flatMap((id, trace) => {
    const places: { at: number; trace: number }[] = []
    for (let place = body.indexOf(id); place >= 0; place = body.indexOf(id, place + 1))
      places.push({ at: place, trace })
    return places
  })
}

/** Mutates a body, now and then a few times over; `other` may be spliced into it. */
export function mutateBytes(random: Random, body: Buffer, other: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(body)
  for (let times = random() < 0.7 ? 1 : 1 + at(random, 4); times > 0; times--) {
    // The place is below the number of mutations.
    bytes = BYTE_MUTATIONS[at(random, BYTE_MUTATIONS.length)]!(random, bytes, other)
  }
  return bytes
}

type ByteMutation = (random: Random, bytes: Buffer, other: Buffer) => Buffer

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  function flipBits(random, bytes) {
    for (let n = 1 + at(random, 4); n > 0 && bytes.length > 0; n--) {
      const place = at(random, bytes.length)
      bytes[place] = bytes[place]! ^ (1 << at(random, 8))
    }
    return bytes
  },
  function setBytes(random, bytes) {
    const value = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x5b][at(random, 8)]!
    const start = at(random, bytes.length + 1)
    return bytes.fill(value, start, Math.min(bytes.length, start + 1 + at(random, 12)))
  },
  function truncate(random, bytes) {
    return bytes.subarray(0, at(random, bytes.length + 1))
  },
  function drop(random, bytes) {
    const start = at(random, bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + at(random, 20))])
  },
  function splice(random, bytes, other) {
    return Buffer.concat([
      bytes.subarray(0, at(random, bytes.length + 1)),
      other.subarray(at(random, other.length + 1)),
    ])
  },
  function repeat(random, bytes) {
    const start = at(random, bytes.length + 1)
    const part = bytes.subarray(start, start + at(random, 200))
    return Buffer.concat([bytes.subarray(0, start), ...Array(1 + at(random, 20)).fill(part), bytes.subarray(start)])
  },
  function lengthBomb(random, bytes) {
    // A length of gigabytes, or a varint that does not end.
    const bomb =
      at(random, 2) === 0 ? [0x0a, 0xff, 0xff, 0xff, 0xff, at(random, 16)] : [at(random, 128), ...Array(12).fill(0xff)]
    const start = at(random, bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, start), Buffer.from(bomb), bytes.subarray(start)])
  },
  function insertNoise(random, bytes) {
    const noise = Buffer.from(Array.from({ length: 1 + at(random, 30) }, () => at(random, 256)))
    const start = at(random, bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, start), noise, bytes.subarray(start)])
  },
]

/** Replaces, removes or repeats members of a JSON request, which stays JSON. */
export function mutateJson(random: Random, body: Buffer): Buffer {
  const root: unknown = JSON.parse(body.toString())
  for (let times = 1 + at(random, 3); times > 0; times--) mutateMember(random, root)
  return Buffer.from(JSON.stringify(root))
}

/** As text, so that each use is a value of its own. */
const JUNK: readonly string[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '-5',
  '99999999999999999999',
  '0'.repeat(32),
  'zz'.repeat(16),
  '\u0000\ud800',
  [],
  {},
  [[[]]],
  { value: {} },
  { stringValue: 'a', intValue: 1 },
  { arrayValue: { values: [{ kvlistValue: { values: [{}] } }] } },
  'SPAN_KIND_SERVER',
  { __proto__: null, toString: 5 },
].map((value) => JSON.stringify(value))

function mutateMember(random: Random, root: unknown): void {
  let node = root
  for (let depth = at(random, 12); depth >= 0; depth--) {
    if (typeof node !== 'object' || node === null) return
    const keys = Object.keys(node)
    const key = keys[at(random, keys.length)]
    if (key === undefined) return
    const members = node as Record<string, unknown>
    const inner = members[key]
    if (depth > 0 && typeof inner === 'object' && inner !== null) {
      node = inner
      continue
    }
    if (random() < 0.7) members[key] = JSON.parse(JUNK[at(random, JUNK.length)]!)
    else if (random() < 0.5) delete members[key]
    else members[`${key}x`] = inner
    return
  }
}

/** Nested as deep as asked: attribute values in protobuf, brackets in JSON. */
export function nestedProtobuf(depth: number): Buffer {
  let value: Buffer = Buffer.from([0x10, 0x01])
  for (let i = 0; i < depth; i++) value = field(5, field(1, value))
  const keyValue = Buffer.concat([field(1, Buffer.from('k')), field(2, value)])
  return field(1, field(2, field(2, field(9, keyValue))))
}

export function nestedJson(depth: number): Buffer {
  const open = '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":'
  return Buffer.from(`${open}${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}}]}}]}`)
}

function field(number: number, content: Buffer): Buffer {
  const head = [number * 8 + 2]
  let length = content.length
  while (length > 0x7f) {
    head.push((length & 0x7f) | 0x80)
    length >>>= 7
  }
  return Buffer.concat([Buffer.from([...head, length]), content])
}

export function at(random: Random, below: number): number {
  return Math.floor(random() * below)
}
