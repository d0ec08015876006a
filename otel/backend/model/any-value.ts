// OTLP's AnyValue and its attributes as plain data, and their string form. Decodes stored bytes for answers; ingestion does not use it.
import type { ProtoReader } from '../otlp/proto-reader.ts'

export type AnyValue =
  | { type: 'empty' }
  | { type: 'string'; value: string }
  | { type: 'bool'; value: boolean }
  | { type: 'int'; value: bigint }
  | { type: 'double'; value: number }
  | { type: 'bytes'; value: Buffer }
  | { type: 'array'; values: AnyValue[] }
  | { type: 'map'; entries: Attribute[] }

export interface Attribute {
  key: string
  value: AnyValue
}

const EMPTY: AnyValue = { type: 'empty' }

/** Decodes the KeyValue that the reader stands before. */
export function readAttribute(r: ProtoReader): Attribute {
  const outer = r.enter()
  let key = ''
  let value: AnyValue = EMPTY
  while (r.more()) {
    const field = r.tag()
    if (field === 1) key = readString(r)
    else if (field === 2) value = readAnyValue(r)
    else r.skip()
  }
  r.end = outer
  return { key, value }
}

/** Decodes the AnyValue that the reader stands before; the last member of the oneof wins. */
export function readAnyValue(r: ProtoReader): AnyValue {
  const outer = r.enter()
  let value: AnyValue = EMPTY
  while (r.more()) {
    switch (r.tag()) {
      case 1:
        value = { type: 'string', value: readString(r) }
        break
      case 2:
        value = { type: 'bool', value: r.int32() !== 0 }
        break
      case 3:
        r.varint64()
        value = { type: 'int', value: BigInt.asIntN(64, wordsToBigint(r.lo, r.hi)) }
        break
      case 4:
        value = { type: 'double', value: readDouble(r) }
        break
      case 5:
        value = { type: 'array', values: readList(r, readAnyValue) }
        break
      case 6:
        value = { type: 'map', entries: readList(r, readAttribute) }
        break
      case 7:
        value = { type: 'bytes', value: Buffer.from(takeBytes(r)) }
        break
      default:
        r.skip()
    }
  }
  r.end = outer
  return value
}

export function readString(r: ProtoReader): string {
  return takeBytes(r).toString('utf8')
}

export function readDouble(r: ProtoReader): number {
  r.fixed64()
  return new DataView(r.bytes.buffer, r.bytes.byteOffset + r.pos - 8, 8).getFloat64(0, true)
}

export function wordsToBigint(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo)
}

/** A view of the bytes of the length-delimited value that the reader stands before. */
export function takeBytes(r: ProtoReader): Buffer {
  const end = r.range()
  const view = Buffer.from(r.bytes.buffer, r.bytes.byteOffset + r.pos, end - r.pos)
  r.pos = end
  return view
}

function readList<T>(r: ProtoReader, readItem: (r: ProtoReader) => T): T[] {
  const outer = r.enter()
  const items: T[] = []
  while (r.more()) {
    if (r.tag() === 1) items.push(readItem(r))
    else r.skip()
  }
  r.end = outer
  return items
}

/** The first attribute of that key, or undefined. */
export function findAttribute(attributes: readonly Attribute[], key: string): AnyValue | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value
}

/** Attributes in the order of their keys, as Jaeger serves them. */
export function sortAttributes(attributes: Attribute[]): Attribute[] {
  return attributes.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
