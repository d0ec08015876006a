// Reads protobuf's wire format from a byte range that nobody vouches for. It knows no message; it refuses groups, field 0, overlong
// varints and lengths that reach past their parent, so that a walker built on it never reads outside its message nor loops for ever.
// Indexing is by checked positions, hence the non-null assertions.

/** The payload is not a valid message. Answered 400; the text is safe to show. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
}

export const WIRE_VARINT = 0
export const WIRE_FIXED64 = 1
export const WIRE_LENGTH = 2
export const WIRE_FIXED32 = 5

export class ProtoReader {
  bytes: Uint8Array
  pos: number
  /** End of the message being read; nothing is read at or beyond it. */
  end: number
  /** Wire type of the last tag. */
  wire = WIRE_VARINT
  /** Low and high 32 bits of the last 64-bit value, unsigned. */
  lo = 0
  hi = 0

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes
    this.pos = pos
    this.end = end
  }

  more(): boolean {
    return this.pos < this.end
  }

  /** Reads a tag, remembers its wire type and returns its field number. */
  tag(): number {
    const tag = this.varint32()
    this.wire = tag & 7
    if (tag < 8) throw new MalformedError('field number 0')
    return tag >>> 3
  }

  /** Enters a length-delimited message and returns the end of its parent, to be set back when it has been read. */
  enter(): number {
    const outer = this.end
    this.end = this.range()
    return outer
  }

  /** Reads a length prefix and returns where its bytes end; they begin at `pos`, which is left there. */
  range(): number {
    if (this.wire !== WIRE_LENGTH) throw new MalformedError(`wire type ${this.wire} where bytes were expected`)
    const length = this.varint32()
    if (length > this.end - this.pos) throw new MalformedError('a length reaches past the end of its message')
    return this.pos + length
  }

  /** Reads a varint of at most 32 bits, as tags and lengths are. */
  varint32(): number {
    const { bytes, end } = this
    let pos = this.pos
    if (pos >= end) throw new MalformedError('truncated message')
    let byte = bytes[pos++]!
    if (byte < 0x80) {
      this.pos = pos
      return byte
    }
    let value = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      if (pos >= end) throw new MalformedError('truncated varint')
      byte = bytes[pos++]!
      if (shift === 28 && byte > 0x0f) throw new MalformedError('varint wider than 32 bits')
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        this.pos = pos
        return value
      }
    }
    throw new MalformedError('varint wider than 32 bits')
  }

  /** Reads a varint of at most 64 bits into `lo` and `hi`. */
  varint64(): void {
    if (this.wire !== WIRE_VARINT) throw new MalformedError(`wire type ${this.wire} where a number was expected`)
    let lo = 0
    let hi = 0
    for (let i = 0; i < 10; i++) {
      if (this.pos >= this.end) throw new MalformedError('truncated varint')
      const byte = this.bytes[this.pos++]!
      const bits = byte & 0x7f
      if (i < 4) lo |= bits << (7 * i)
      else if (i === 4) {
        lo |= bits << 28
        hi = bits >>> 4
      } else if (i < 9) hi |= bits << (7 * i - 32)
      else {
        if (byte > 1) throw new MalformedError('varint wider than 64 bits')
        hi |= bits << 31
      }
      if (byte < 0x80) {
        this.lo = lo >>> 0
        this.hi = hi >>> 0
        return
      }
    }
    throw new MalformedError('varint wider than 64 bits')
  }

  /** Reads an enum or a bool: the low 32 bits of a varint, signed. */
  int32(): number {
    this.varint64()
    return this.lo | 0
  }

  /** Reads a fixed64 into `lo` and `hi`. */
  fixed64(): void {
    if (this.wire !== WIRE_FIXED64) throw new MalformedError(`wire type ${this.wire} where 8 bytes were expected`)
    this.lo = this.fixedWord()
    this.hi = this.fixedWord()
  }

  /** Reads a fixed32, unsigned. */
  fixed32(): number {
    if (this.wire !== WIRE_FIXED32) throw new MalformedError(`wire type ${this.wire} where 4 bytes were expected`)
    return this.fixedWord()
  }

  /** Skips the value of the last tag. */
  skip(): void {
    switch (this.wire) {
      case WIRE_VARINT:
        this.varint64()
        return
      case WIRE_FIXED64:
        this.fixed64()
        return
      case WIRE_LENGTH:
        this.pos = this.range()
        return
      case WIRE_FIXED32:
        this.fixedWord()
        return
      default:
        throw new MalformedError(`wire type ${this.wire} is not supported`)
    }
  }

  /**
   * Skips the value of a field that will be read later. `wires` has the wire type of each field that the message knows, by number:
   * another type is refused now, so that reading what was stored never fails.
   */
  skipField(field: number, wires: readonly (number | undefined)[]): void {
    const wire = wires[field]
    if (wire !== undefined && wire !== this.wire) throw new MalformedError(`wire type ${this.wire} in field ${field}`)
    this.skip()
  }

  private fixedWord(): number {
    const { bytes, pos } = this
    if (this.end - pos < 4) throw new MalformedError('truncated fixed value')
    this.pos = pos + 4
    return (bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24)) >>> 0
  }
}
