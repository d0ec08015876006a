// The values of OTLP's JSON form, checked and written as protobuf: ids in hex, 64-bit integers and times as numbers or strings, enums as
// numbers or names. Unknown members are ignored, as OTLP asks. An error names the member, from the outermost inwards.
import { MAX_VALUE_DEPTH } from './limits.ts'
import { MalformedError } from './proto-reader.ts'
import type { ProtoWriter } from './proto-writer.ts'

export type JsonObject = Record<string, unknown>

/** Reads `value` as an object; `null` and absence are no object. */
export function asObject(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new MalformedError(`${name}: expected an object`)
}

/** Reads `value` as a list; `null` and absence are an empty one. */
export function asList(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new MalformedError(`${name}: expected an array`)
}

/** Runs `write` for each element of a list, with the element's place before the name in what it throws. */
export function eachItem(value: unknown, name: string, write: (item: JsonObject) => void): void {
  const items = asList(value, name)
  for (let i = 0; i < items.length; i++) {
    try {
      write(asObject(items[i], ''))
    } catch (error) {
      throw within(error, `${name}[${i}]`)
    }
  }
}

/** Puts a member's name before the message of an error about something in it. */
export function within(error: unknown, name: string): unknown {
  if (!(error instanceof MalformedError) || name === '') return error
  const rest = error.message
  return new MalformedError(rest.startsWith(':') || rest.startsWith('[') ? name + rest : `${name}.${rest}`)
}

export function writeString(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null || value === '') return
  if (typeof value !== 'string') throw new MalformedError(`${name}: expected a string`)
  w.string(field, value)
}

/** An id in hex. What is not hex is written as an empty id, which its record is refused for, not the whole request. */
export function writeId(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null || value === '') return
  if (typeof value !== 'string') throw new MalformedError(`${name}: expected a string of hex digits`)
  // One byte is never a valid id, so an id that is present but no hex is told apart from an absent one.
  if (!w.hex(field, value)) w.bytes(field, INVALID_ID)
}

const INVALID_ID = new Uint8Array(1)

export function writeUint32(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null || value === 0) return
  w.varint32(field, uint32(value, name))
}

export function writeFixed32(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null || value === 0) return
  w.fixed32(field, uint32(value, name))
}

function uint32(value: unknown, name: string): number {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number
  throw new MalformedError(`${name}: expected an unsigned 32-bit integer`)
}

/** An enum as a number, or as one of `names`, whose place in the list is its number. Other numbers are left out. */
export function writeEnum(w: ProtoWriter, field: number, value: unknown, names: readonly string[], name: string): void {
  if (value === undefined || value === null) return
  const number = typeof value === 'string' ? names.indexOf(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || (typeof value === 'string' && number < 0)) {
    throw new MalformedError(`${name}: expected a number or one of ${names.join(', ')}`)
  }
  if (number > 0 && number < 2 ** 31) w.varint32(field, number)
}

/** Nanoseconds since the epoch, as a decimal string or a number. */
export function writeTime(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined || value === null || value === 0 || value === '0' || value === '') return
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) {
    // In two parts, because a double does not hold 64 bits and BigInt is slow here: value = high · 10⁹ + low.
    const high = Number(value.slice(0, -9))
    const low = Number(value.slice(-9))
    const scaled = Math.floor(high / 65536) * 1e9
    const lowPart = (high % 65536) * 1e9 + low + (scaled % 65536) * 65536
    const highPart = Math.floor(scaled / 65536) + Math.floor(lowPart / 2 ** 32)
    if (highPart < 2 ** 32) {
      w.fixed64(field, lowPart % 2 ** 32, highPart)
      return
    }
  }
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 64) {
    w.fixed64(field, value % 2 ** 32, Math.floor(value / 2 ** 32))
    return
  }
  throw new MalformedError(`${name}: expected nanoseconds as an unsigned 64-bit integer`)
}

/** A list of KeyValue. */
export function writeAttributes(w: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value === undefined) return
  eachItem(value, name, (item) => writeKeyValue(w, field, item, 1))
}

function writeKeyValue(w: ProtoWriter, field: number, item: JsonObject, depth: number): void {
  const start = w.open(field)
  writeString(w, 1, item.key, 'key')
  if (item.value !== undefined && item.value !== null) writeAnyValue(w, 2, item.value, 'value', depth)
  w.close(start)
}

/** An AnyValue: the first known member of the object, if it has one. */
export function writeAnyValue(w: ProtoWriter, field: number, value: unknown, name: string, depth = 1): void {
  const object = asObject(value, name)
  if (depth > MAX_VALUE_DEPTH) throw new MalformedError(`${name}: values nested deeper than ${MAX_VALUE_DEPTH}`)
  const start = w.open(field)
  try {
    writeOneOf(w, object, depth)
  } catch (error) {
    throw within(error, name)
  }
  w.close(start)
}

function writeOneOf(w: ProtoWriter, value: JsonObject, depth: number): void {
  if (value.stringValue !== undefined) {
    if (typeof value.stringValue !== 'string') throw new MalformedError('stringValue: expected a string')
    w.string(1, value.stringValue)
  } else if (value.intValue !== undefined) w.int64(3, int64(value.intValue))
  else if (value.boolValue !== undefined) {
    if (typeof value.boolValue !== 'boolean') throw new MalformedError('boolValue: expected a boolean')
    w.varint32(2, value.boolValue ? 1 : 0)
  } else if (value.doubleValue !== undefined) w.double(4, double(value.doubleValue))
  else if (value.arrayValue !== undefined) {
    const start = w.open(5)
    const values = asObject(value.arrayValue, 'arrayValue').values
    eachItem(values, 'arrayValue.values', (item) => writeAnyValue(w, 1, item, '', depth + 1))
    w.close(start)
  } else if (value.kvlistValue !== undefined) {
    const start = w.open(6)
    const values = asObject(value.kvlistValue, 'kvlistValue').values
    eachItem(values, 'kvlistValue.values', (item) => writeKeyValue(w, 1, item, depth + 1))
    w.close(start)
  } else if (value.bytesValue !== undefined) {
    if (typeof value.bytesValue !== 'string') throw new MalformedError('bytesValue: expected base64')
    w.bytes(7, Buffer.from(value.bytesValue, 'base64'))
  }
}

function int64(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) {
    const number = BigInt(value)
    if (BigInt.asIntN(64, number) === number) return number >= 0n && number <= 0xffffffffn ? Number(value) : number
  }
  // A larger number than a double holds exactly, as JSON.parse has rounded it.
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value)
  throw new MalformedError('intValue: expected a signed 64-bit integer')
}

function double(value: unknown): number {
  if (typeof value === 'number') return value
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  throw new MalformedError('doubleValue: expected a number')
}
