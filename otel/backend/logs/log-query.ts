// Finds log records: the newest that match, or, for followers, those that arrived after a cursor.
import {
  type AnyValue,
  type Attribute,
  readAnyValue,
  readAttribute,
  readString,
  wordsToBigint,
} from '../model/any-value.ts'
import { valueText } from '../model/value-text.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import type { Slab } from '../storage/slab-ring.ts'
import { compareTimes, hexOfWords } from '../traces/span-row.ts'
import {
  LOG_BODY,
  LOG_RESOURCE,
  LOG_ROW_WORDS,
  LOG_SEVERITY,
  LOG_SPAN,
  LOG_TIME,
  LOG_TRACE,
  sequenceOf,
} from './log-row.ts'
import type { LogStore } from './log-store.ts'

export interface LogQuery {
  /** 32 hex digits. */
  traceId: string | null
  /** 16 hex digits. */
  spanId: string | null
  service: string | null
  instance: string | null
  /** Lowest severity number wanted. */
  minSeverity: number
  /** Part of the body's text, in any case. */
  text: string | null
  startNs: bigint | null
  endNs: bigint | null
  limit: number
  /** Only records that arrived after the one with this sequence number, oldest first. */
  after: number | null
}

export interface LogRecord {
  timeUnixNano: bigint
  severityNumber: number
  severityText: string
  body: AnyValue
  attributes: Attribute[]
  eventName: string
  /** Hex digits, or empty for none. */
  traceId: string
  spanId: string
  service: string
  instance: string
}

export interface LogPage {
  /** In order of their times. */
  records: LogRecord[]
  /** Pass as `after` to get what comes next. */
  cursor: number
  /** With `after`: whether the limit cut the page short, so that there is more already. */
  more: boolean
}

export function findLogs(store: LogStore, query: LogQuery): LogPage {
  const matches = compile(store, query)
  return query.after === null
    ? newest(store, query.limit, matches)
    : following(store, query.limit, query.after, matches)
}

type RowTest = (slab: Slab, row: number) => boolean

function newest(store: LogStore, limit: number, matches: RowTest): LogPage {
  const records: LogRecord[] = []
  const slots = store.ring.slotsByAge()
  for (let i = slots.length - 1; i >= 0 && records.length < limit; i--) {
    // `i` is below the number of slots.
    const slab = store.ring.slab(slots[i]!)
    for (let row = (slab.rowCount - 1) * LOG_ROW_WORDS; row >= 0 && records.length < limit; row -= LOG_ROW_WORDS) {
      if (matches(slab, row)) records.push(readRecord(store, slab, row))
    }
  }
  return { records: inOrder(records.reverse()), cursor: store.lastSequence, more: false }
}

function following(store: LogStore, limit: number, after: number, matches: RowTest): LogPage {
  const records: LogRecord[] = []
  for (const slot of store.ring.slotsByAge()) {
    const slab = store.ring.slab(slot)
    const { words, rowCount } = slab
    if (rowCount === 0 || sequenceOf(words, (rowCount - 1) * LOG_ROW_WORDS) <= after) continue
    for (let row = 0; row < rowCount * LOG_ROW_WORDS; row += LOG_ROW_WORDS) {
      const sequence = sequenceOf(words, row)
      if (sequence <= after || !matches(slab, row)) continue
      records.push(readRecord(store, slab, row))
      if (records.length === limit)
        return { records: inOrder(records), cursor: sequence, more: sequence < store.lastSequence }
    }
  }
  return { records: inOrder(records), cursor: Math.max(after, store.lastSequence), more: false }
}

function inOrder(records: LogRecord[]): LogRecord[] {
  return records.sort((a, b) => (a.timeUnixNano < b.timeUnixNano ? -1 : a.timeUnixNano > b.timeUnixNano ? 1 : 0))
}

function compile(store: LogStore, query: LogQuery): RowTest {
  const { resources } = store
  const wanted = new Uint8Array(resources.idLimit)
  for (let id = 0; id < wanted.length; id++) {
    const identity = resources.value(id)
    const service = identity !== undefined && (query.service === null || identity.service === query.service)
    if (service && (query.instance === null || identity.instance === query.instance)) wanted[id] = 1
  }
  const trace = query.traceId === null ? null : wordsOfHex(query.traceId)
  const span = query.spanId === null ? null : wordsOfHex(query.spanId)
  const start = query.startNs === null ? null : wordsOfTime(query.startNs)
  const end = query.endNs === null ? null : wordsOfTime(query.endNs)
  const text = query.text?.toLowerCase() ?? null
  return (slab, row) => {
    const { words } = slab
    if (trace !== null && !hasWords(words, row + LOG_TRACE, trace)) return false
    if (span !== null && !hasWords(words, row + LOG_SPAN, span)) return false
    if (wanted[words[row + LOG_RESOURCE]!] === 0 || words[row + LOG_SEVERITY]! < query.minSeverity) return false
    const lo = words[row + LOG_TIME]!
    const hi = words[row + LOG_TIME + 1]!
    if (start !== null && compareTimes(lo, hi, start[0], start[1]) < 0) return false
    if (end !== null && compareTimes(lo, hi, end[0], end[1]) > 0) return false
    return text === null || valueText(readBody(slab, row)).toLowerCase().includes(text)
  }
}

function readRecord(store: LogStore, slab: Slab, row: number): LogRecord {
  const { words } = slab
  const { service, instance } = store.resources.get(words[row + LOG_RESOURCE]!)
  const record: LogRecord = {
    timeUnixNano: wordsToBigint(words[row + LOG_TIME]!, words[row + LOG_TIME + 1]!),
    severityNumber: words[row + LOG_SEVERITY]!,
    severityText: '',
    body: { type: 'empty' },
    attributes: [],
    eventName: '',
    traceId: hexOrEmpty(words, row + LOG_TRACE, 4),
    spanId: hexOrEmpty(words, row + LOG_SPAN, 2),
    service,
    instance,
  }
  const r = bodyReader(slab, row)
  while (r.more()) {
    const field = r.tag()
    if (field === 3) record.severityText = readString(r)
    else if (field === 5) record.body = readAnyValue(r)
    else if (field === 6) record.attributes.push(readAttribute(r))
    else if (field === 12) record.eventName = readString(r)
    else r.skip()
  }
  return record
}

function readBody(slab: Slab, row: number): AnyValue {
  let body: AnyValue = { type: 'empty' }
  const r = bodyReader(slab, row)
  while (r.more()) {
    if (r.tag() === 5) body = readAnyValue(r)
    else r.skip()
  }
  return body
}

function bodyReader(slab: Slab, row: number): ProtoReader {
  const start = slab.words[row + LOG_BODY]!
  return new ProtoReader(slab.bytes, start, start + slab.words[row + LOG_BODY + 1]!)
}

function hasWords(words: Uint32Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((word, i) => words[at + i] === word)
}

function hexOrEmpty(words: Uint32Array, at: number, count: number): string {
  let hex = ''
  let any = 0
  for (let i = 0; i < count; i += 2) {
    any |= words[at + i]! | words[at + i + 1]!
    hex += hexOfWords(words[at + i]!, words[at + i + 1]!)
  }
  return any === 0 ? '' : hex
}

function wordsOfHex(hex: string): number[] {
  const words: number[] = []
  for (let at = 0; at < hex.length; at += 8) words.push(Number.parseInt(hex.slice(at, at + 8), 16))
  return words
}

/** Low and high words of a time, held within what 64 bits can say. */
function wordsOfTime(ns: bigint): [number, number] {
  const clamped = ns < 0n ? 0n : ns > 0xffffffffffffffffn ? 0xffffffffffffffffn : ns
  return [Number(clamped & 0xffffffffn), Number(clamped >> 32n)]
}
