// Unpacks what ChunkEncoder packs, straight into a query's buffer.
import type { SampleBuffer } from '../../promql/storage.ts'
import {
  COUNT_MASK,
  FLAG_STALE_END,
  TIME_WIDTHS,
  TIMES_MASK,
  TIMES_SHIFT,
  VALUES_CONSTANT,
  VALUES_DELTA_8,
  VALUES_DELTA_16,
  VALUES_FLOAT,
  VALUES_FLOAT_CHANGES,
  VALUES_LINEAR,
  VALUES_MASK,
  VALUES_SHIFT,
} from './chunk-encoder.ts'

export interface PackedChunk {
  bytes: Uint8Array
  /** Offset of the payload in `bytes`. */
  offset: number
  flags: number
  /** Milliseconds of the first and last sample. */
  minTimeMs: number
  maxTimeMs: number
  firstValue: number
}

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)

/** Appends all samples of a chunk to the buffer. */
export function decodeChunk(chunk: PackedChunk, into: SampleBuffer): void {
  const count = chunk.flags & COUNT_MASK
  into.reserve(count)
  const at = into.length
  const payload = decodeTimes(chunk, count, into.timestampsMs, at)
  const stale = (chunk.flags & FLAG_STALE_END) !== 0
  decodeValues(chunk, stale ? count - 1 : count, payload, into.values, at)
  if (stale) {
    into.values[at + count - 1] = Number.NaN
    into.stale[at + count - 1] = 1
    into.hasStale = true
  }
  into.length += count
}

/** Returns the offset behind the times' payload. */
function decodeTimes(chunk: PackedChunk, count: number, times: Float64Array, at: number): number {
  const { bytes, minTimeMs, maxTimeMs } = chunk
  // The code has two bits.
  const width = TIME_WIDTHS[(chunk.flags >>> TIMES_SHIFT) & TIMES_MASK]!
  if (width === 0) {
    const interval = count > 1 ? (maxTimeMs - minTimeMs) / (count - 1) : 0
    for (let i = 0; i < count; i++) times[at + i] = minTimeMs + i * interval
    return chunk.offset
  }
  const min = readUint(bytes, chunk.offset, 4)
  let from = chunk.offset + 4
  let time = minTimeMs
  times[at] = time
  for (let i = 1; i < count; i++, from += width) {
    time += min + readUint(bytes, from, width)
    times[at + i] = time
  }
  return from
}

function decodeValues(chunk: PackedChunk, count: number, payload: number, values: Float64Array, at: number): void {
  const encoding = (chunk.flags >>> VALUES_SHIFT) & VALUES_MASK
  if (encoding === VALUES_CONSTANT) values.fill(chunk.firstValue, at, at + count)
  else if (encoding === VALUES_FLOAT || encoding === VALUES_FLOAT_CHANGES) {
    decodeFloats(chunk, count, payload, values, at, encoding === VALUES_FLOAT_CHANGES)
  } else decodeIntegers(chunk, count, payload, values, at, encoding)
}

function decodeIntegers(
  chunk: PackedChunk,
  count: number,
  payload: number,
  values: Float64Array,
  at: number,
  encoding: number,
): void {
  const { bytes } = chunk
  for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[payload + i]!
  const min = double[0]!
  let from = payload + 8
  let value = chunk.firstValue
  values[at] = value
  // One loop an encoding: the commonest one is what a query over buckets spends its time in.
  if (encoding === VALUES_LINEAR) {
    for (let i = 1; i < count; i++) values[at + i] = value += min
  } else if (encoding === VALUES_DELTA_8) {
    for (let i = 1; i < count; i++) values[at + i] = value += min + bytes[from++]!
  } else if (encoding === VALUES_DELTA_16) {
    for (let i = 1; i < count; i++, from += 2) values[at + i] = value += min + (bytes[from]! | (bytes[from + 1]! << 8))
  } else {
    for (let i = 1; i < count; i++, from += 4) values[at + i] = value += min + readUint(bytes, from, 4)
  }
}

function decodeFloats(
  chunk: PackedChunk,
  count: number,
  payload: number,
  values: Float64Array,
  at: number,
  sparse: boolean,
): void {
  const { bytes } = chunk
  const trail = bytes[payload]! >>> 4
  const end = 8 - (bytes[payload]! & 0xf)
  const bitmap = payload + 1
  let from = sparse ? bitmap + ((count + 6) >>> 3) : bitmap
  double[0] = chunk.firstValue
  values[at] = chunk.firstValue
  for (let i = 1; i < count; i++) {
    if (!sparse || (bytes[bitmap + ((i - 1) >>> 3)]! & (1 << ((i - 1) & 7))) !== 0) {
      for (let byte = trail; byte < end; byte++) doubleBytes[byte] = bytes[from++]!
    }
    values[at + i] = double[0]!
  }
}

function readUint(bytes: Uint8Array, at: number, width: number): number {
  if (width === 1) return bytes[at]!
  if (width === 2) return bytes[at]! | (bytes[at + 1]! << 8)
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Keeps of what was appended at `start` only the samples within the range. */
export function trimSamples(buffer: SampleBuffer, start: number, fromMs: number, toMs: number): void {
  const times = buffer.timestampsMs
  let end = buffer.length
  while (end > start && times[end - 1]! > toMs) buffer.stale[--end] = 0
  let first = start
  while (first < end && times[first]! < fromMs) first++
  if (first > start) {
    times.copyWithin(start, first, end)
    buffer.values.copyWithin(start, first, end)
    buffer.stale.copyWithin(start, first, end)
    buffer.stale.fill(0, end - (first - start), end)
  }
  buffer.length = end - (first - start)
}
