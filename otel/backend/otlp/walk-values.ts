// Checks the attributes of a record on ingestion without building them, and signs them for search. The bytes stay as they came.
import { MAX_NAME_BYTES, MAX_VALUE_DEPTH } from './limits.ts'
import { MalformedError, type ProtoReader } from './proto-reader.ts'
import { hashAscii, hashBytes, type TagSignature } from './tag-signature.ts'

const TRUE_HASH = hashAscii('true')
const FALSE_HASH = hashAscii('false')

/** Stands for values that the signature leaves out; a real hash that meets it by chance is left out too and loses nothing but speed. */
const UNSIGNED = 0x7fffffff

/** Walks the KeyValue that the reader stands before and adds it to the signature. Returns false when its key is too long to keep. */
export function walkAttribute(r: ProtoReader, signature: TagSignature | null): boolean {
  return walkKeyValue(r, signature, 1)
}

/** Walks the AnyValue that the reader stands before and returns the hash of its string form. */
export function walkAnyValue(r: ProtoReader): number {
  return walkValue(r, 1)
}

function walkKeyValue(r: ProtoReader, signature: TagSignature | null, depth: number): boolean {
  const outer = r.enter()
  let keyStart = 0
  let keyEnd = 0
  let valueHash = UNSIGNED
  while (r.pos < r.end) {
    switch (r.tag()) {
      case 1:
        keyEnd = r.range()
        keyStart = r.pos
        r.pos = keyEnd
        break
      case 2:
        valueHash = walkValue(r, depth)
        break
      default:
        r.skip()
    }
  }
  r.end = outer
  if (signature !== null && valueHash !== UNSIGNED) signature.add(hashBytes(r.bytes, keyStart, keyEnd), valueHash)
  return keyEnd - keyStart <= MAX_NAME_BYTES
}

function walkValue(r: ProtoReader, depth: number): number {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedError(`attribute values nested deeper than ${MAX_VALUE_DEPTH}`)
  const outer = r.enter()
  let hash = UNSIGNED
  while (r.pos < r.end) {
    switch (r.tag()) {
      case 1: {
        const end = r.range()
        hash = hashBytes(r.bytes, r.pos, end)
        r.pos = end
        break
      }
      case 2:
        hash = r.int32() !== 0 ? TRUE_HASH : FALSE_HASH
        break
      case 3:
        r.varint64()
        hash = hashAscii(int64Text(r.lo, r.hi))
        break
      case 4:
        r.fixed64()
        hash = hashAscii(String(new DataView(r.bytes.buffer, r.bytes.byteOffset + r.pos - 8, 8).getFloat64(0, true)))
        break
      case 5:
        walkList(r, depth, false)
        hash = UNSIGNED
        break
      case 6:
        walkList(r, depth, true)
        hash = UNSIGNED
        break
      case 7: {
        const end = r.range()
        hash = hashAscii(Buffer.from(r.bytes.buffer, r.bytes.byteOffset + r.pos, end - r.pos).toString('base64'))
        r.pos = end
        break
      }
      default:
        r.skip()
    }
  }
  r.end = outer
  return hash
}

function walkList(r: ProtoReader, depth: number, keyed: boolean): void {
  const outer = r.enter()
  while (r.pos < r.end) {
    if (r.tag() !== 1) r.skip()
    else if (keyed) walkKeyValue(r, null, depth + 1)
    else walkValue(r, depth + 1)
  }
  r.end = outer
}

/** Decimal text of a 64-bit integer in two's complement. */
function int64Text(lo: number, hi: number): string {
  if (hi === 0) return String(lo)
  return String(BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo)))
}
