// Packs up to 120 samples into bytes. Times cost nothing when regular; values cost nothing when constant, one to four bytes when
// they are integers with small steps (counters, buckets), and otherwise the bytes of the float in which they differ.
// The last sample may be a staleness marker, which has a time but no value.

/** Samples of a full chunk. */
export const CHUNK_SAMPLES = 120

/** How times (after the first) are stored: width of `delta - smallest delta` in bytes, 0 when all are equal. */
export const TIME_WIDTHS = [0, 1, 2, 4] as const

export const VALUES_CONSTANT = 0
/** A step for all: the first value is followed by an 8-byte float. */
export const VALUES_LINEAR = 1
/** `delta - smallest delta` in 1, 2 or 4 bytes, after the smallest as an 8-byte float. */
export const VALUES_DELTA_8 = 2
export const VALUES_DELTA_16 = 3
export const VALUES_DELTA_32 = 4
/** Only the bytes in which values differ from the first. */
export const VALUES_FLOAT = 5
/** The same, for the values that differ from the one before, after a bitmap of these. */
export const VALUES_FLOAT_CHANGES = 6

/** A chunk's flags: count, encoding of times, encoding of values, and whether the last sample is a staleness marker. */
export const COUNT_MASK = 0x7f
export const TIMES_SHIFT = 7
export const TIMES_MASK = 0x3
export const VALUES_SHIFT = 9
export const VALUES_MASK = 0x7
export const FLAG_STALE_END = 1 << 12

const MAX_EXACT_INTEGER = 2 ** 52
const MAX_PAYLOAD_BYTES = 4 + CHUNK_SAMPLES * 4 + 1 + CHUNK_SAMPLES / 8 + CHUNK_SAMPLES * 8

export class ChunkEncoder {
  /** Payload of the chunk encoded last: the first `length` bytes. */
  readonly bytes = new Uint8Array(MAX_PAYLOAD_BYTES)
  length = 0
  private readonly double = new Float64Array(1)
  private readonly doubleBytes = new Uint8Array(this.double.buffer)
  private readonly doubleWords = new Uint32Array(this.double.buffer)

  /**
   * Encodes `count` samples from their places in two arrays, times as milliseconds after the first, and returns the chunk's flags.
   * With `staleEnd` the last one's value is not looked at.
   */
  encode(offsets: Uint32Array, values: Float64Array, at: number, count: number, staleEnd: boolean): number {
    this.length = 0
    const times = this.encodeTimes(offsets, at, count)
    const valueCount = staleEnd ? count - 1 : count
    const encoding = this.encodeValues(values, at, valueCount)
    return count | (times << TIMES_SHIFT) | (encoding << VALUES_SHIFT) | (staleEnd ? FLAG_STALE_END : 0)
  }

  private encodeTimes(offsets: Uint32Array, at: number, count: number): number {
    if (count < 3) return 0
    let min = 2 ** 32
    let max = 0
    for (let i = at + 1; i < at + count; i++) {
      const delta = offsets[i]! - offsets[i - 1]!
      if (delta < min) min = delta
      if (delta > max) max = delta
    }
    if (min === max) return 0
    const code = max - min < 2 ** 8 ? 1 : max - min < 2 ** 16 ? 2 : 3
    const width = TIME_WIDTHS[code]!
    this.put(min, 4)
    for (let i = at + 1; i < at + count; i++) this.put(offsets[i]! - offsets[i - 1]! - min, width)
    return code
  }

  private encodeValues(values: Float64Array, at: number, count: number): number {
    if (isConstant(values, at, count)) return VALUES_CONSTANT
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    if (areIntegers(values, at, count)) {
      for (let i = at + 1; i < at + count; i++) {
        const delta = values[i]! - values[i - 1]!
        if (delta < min) min = delta
        if (delta > max) max = delta
      }
    }
    const range = max - min
    // Not an integer chunk: infinity minus infinity, or negative infinity.
    if (!(range >= 0 && range < 2 ** 32)) return this.encodeFloats(values, at, count)
    this.putDouble(min)
    if (range === 0) return VALUES_LINEAR
    const width = range < 2 ** 8 ? 1 : range < 2 ** 16 ? 2 : 4
    for (let i = at + 1; i < at + count; i++) this.put(values[i]! - values[i - 1]! - min, width)
    return width === 1 ? VALUES_DELTA_8 : width === 2 ? VALUES_DELTA_16 : VALUES_DELTA_32
  }

  private encodeFloats(values: Float64Array, at: number, count: number): number {
    const { low, high, changes } = this.differences(values, at, count)
    // Little-endian: byte 7 holds sign and exponent. Bytes equal in all values, at either end, are left out.
    const lead = high !== 0 ? Math.clz32(high) >>> 3 : 4 + (Math.clz32(low) >>> 3)
    const trail = low !== 0 ? trailingZeroBytes(low) : 4 + trailingZeroBytes(high)
    const width = 8 - lead - trail
    const bitmapBytes = (count + 6) >>> 3
    const sparse = bitmapBytes + changes * width < (count - 1) * width
    this.bytes[this.length++] = lead | (trail << 4)
    const bitmap = this.length
    if (sparse) {
      this.bytes.fill(0, bitmap, bitmap + bitmapBytes)
      this.length += bitmapBytes
    }
    for (let i = 1; i < count; i++) {
      if (sparse) {
        if (Object.is(values[at + i], values[at + i - 1])) continue
        const byte = bitmap + ((i - 1) >>> 3)
        this.bytes[byte] = this.bytes[byte]! | (1 << ((i - 1) & 7))
      }
      this.double[0] = values[at + i]!
      for (let byte = trail; byte < 8 - lead; byte++) this.bytes[this.length++] = this.doubleBytes[byte]!
    }
    return sparse ? VALUES_FLOAT_CHANGES : VALUES_FLOAT
  }

  /** Bits in which any value differs from the first, and how many values differ from the one before. */
  private differences(values: Float64Array, at: number, count: number) {
    this.double[0] = values[at]!
    const firstLow = this.doubleWords[0]!
    const firstHigh = this.doubleWords[1]!
    let low = 0
    let high = 0
    let changes = 0
    for (let i = at + 1; i < at + count; i++) {
      this.double[0] = values[i]!
      low |= this.doubleWords[0]! ^ firstLow
      high |= this.doubleWords[1]! ^ firstHigh
      if (!Object.is(values[i], values[i - 1])) changes++
    }
    return { low, high, changes }
  }

  private put(value: number, width: number): void {
    let rest = value
    for (let i = 0; i < width; i++) {
      this.bytes[this.length++] = rest & 0xff
      rest >>>= 8
    }
  }

  private putDouble(value: number): void {
    this.double[0] = value
    this.bytes.set(this.doubleBytes, this.length)
    this.length += 8
  }
}

function isConstant(values: Float64Array, at: number, count: number): boolean {
  for (let i = at + 1; i < at + count; i++) if (!Object.is(values[i], values[at])) return false
  return true
}

/** Whether all are integers whose differences are exact; a negative zero is not, for it would come back positive. */
function areIntegers(values: Float64Array, at: number, count: number): boolean {
  for (let i = at; i < at + count; i++) {
    const value = values[i]!
    if (!Number.isInteger(value) || Math.abs(value) > MAX_EXACT_INTEGER || Object.is(value, -0)) return false
  }
  return true
}

function trailingZeroBytes(word: number): number {
  return (31 - Math.clz32(word & -word)) >>> 3
}
