// Writes protobuf into one growing buffer: OTLP's JSON form is transcoded with it, and answers are encoded. Messages are closed by
// moving their bytes up when the length needs more than the one byte reserved, so the result is the minimal encoding.

const WIRE_VARINT = 0
const WIRE_FIXED64 = 1
const WIRE_LENGTH = 2
const WIRE_FIXED32 = 5

export class ProtoWriter {
  private buffer: Buffer
  private pos = 0

  constructor(initialBytes = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(initialBytes)
  }

  /** The bytes written so far: a view, valid until the next write. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.pos)
  }

  /** Starts anew; gives the memory back when it had grown past `keepBytes`. */
  reset(keepBytes: number): void {
    this.pos = 0
    if (this.buffer.length > keepBytes) this.buffer = Buffer.allocUnsafeSlow(keepBytes)
  }

  varint32(field: number, value: number): void {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_VARINT)
    this.putVarint(value)
  }

  /** A signed 64-bit integer as int64 has it: ten bytes when negative. */
  int64(field: number, value: number | bigint): void {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_VARINT)
    if (typeof value === 'number' && value >= 0) {
      this.putVarint(value)
      return
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 0x7fn) {
      this.buffer[this.pos++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.buffer[this.pos++] = Number(rest)
  }

  double(field: number, value: number): void {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_FIXED64)
    this.pos = this.buffer.writeDoubleLE(value, this.pos)
  }

  fixed64(field: number, lo: number, hi: number): void {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_FIXED64)
    this.putWord(lo)
    this.putWord(hi)
  }

  fixed32(field: number, value: number): void {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_FIXED32)
    this.putWord(value)
  }

  bytes(field: number, value: Uint8Array): void {
    this.reserve(value.length + 16)
    this.putVarint(field * 8 + WIRE_LENGTH)
    this.putVarint(value.length)
    this.buffer.set(value, this.pos)
    this.pos += value.length
  }

  string(field: number, value: string): void {
    this.reserve(value.length * 3 + 16)
    this.putVarint(field * 8 + WIRE_LENGTH)
    const start = this.pos
    if (value.length < 48 && this.putAscii(value, start + 1)) {
      this.buffer[start] = value.length
      this.pos = start + 1 + value.length
      return
    }
    this.pos = start + 1
    this.pos += this.buffer.write(value, this.pos, 'utf8')
    this.close(start)
  }

  /** Hex digits as bytes. Returns false, having written an empty field, when they are not whole bytes of hex. */
  hex(field: number, digits: string): boolean {
    this.reserve(digits.length + 16)
    this.putVarint(field * 8 + WIRE_LENGTH)
    const start = this.pos
    this.pos = start + 1
    for (let i = 0; i < digits.length; i += 2) {
      const byte = (hexDigit(digits.charCodeAt(i)) << 4) | hexDigit(digits.charCodeAt(i + 1))
      if (byte < 0) {
        this.buffer[start] = 0
        this.pos = start + 1
        return false
      }
      this.buffer[this.pos++] = byte
    }
    this.close(start)
    return true
  }

  /** Opens a nested message; pass what it returns to `close`. */
  open(field: number): number {
    this.reserve(16)
    this.putVarint(field * 8 + WIRE_LENGTH)
    return this.pos++
  }

  /** Closes the message opened at `start` by writing its length before it. */
  close(start: number): void {
    const length = this.pos - start - 1
    const extra = varintSize(length) - 1
    if (extra > 0) {
      this.reserve(extra)
      this.buffer.copyWithin(start + 1 + extra, start + 1, this.pos)
    }
    this.pos = start
    this.putVarint(length)
    this.pos += length
  }

  private putAscii(value: string, at: number): boolean {
    const { buffer } = this
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return false
      buffer[at + i] = code
    }
    return true
  }

  private putVarint(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.buffer[this.pos++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.buffer[this.pos++] = rest
  }

  private putWord(value: number): void {
    const { buffer, pos } = this
    buffer[pos] = value
    buffer[pos + 1] = value >>> 8
    buffer[pos + 2] = value >>> 16
    buffer[pos + 3] = value >>> 24
    this.pos = pos + 4
  }

  private reserve(bytes: number): void {
    if (this.pos + bytes <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.pos + bytes))
    this.buffer.copy(grown, 0, 0, this.pos)
    this.buffer = grown
  }
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++
  return size
}

/** Value of a hex digit, or -1, which makes any byte put together from it negative. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
