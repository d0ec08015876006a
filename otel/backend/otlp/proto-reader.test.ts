import protobuf from 'protobufjs'
import { expect, test } from 'vitest'
import { seededRandom } from '../bench-data.ts'
import { MalformedError, ProtoReader, WIRE_LENGTH, WIRE_VARINT } from './proto-reader.ts'

function reader(...bytes: number[]): ProtoReader {
  return new ProtoReader(Uint8Array.from(bytes))
}

test('varints are read as protobufjs writes them', () => {
  const random = seededRandom(7)
  for (let i = 0; i < 2000; i++) {
    const value = BigInt.asUintN(64, BigInt(Math.floor(random() * 2 ** 52)) << BigInt(Math.floor(random() * 20)))
    const r = new ProtoReader(protobuf.Writer.create().uint64(String(value)).finish())
    r.wire = WIRE_VARINT
    r.varint64()
    expect((BigInt(r.hi) << 32n) | BigInt(r.lo)).toBe(value)
    expect(r.more()).toBe(false)
  }
})

test.each([
  [[0x00], 0],
  [[0x7f], 127],
  [[0x80, 0x01], 128],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffffffff],
])('%j is the 32-bit varint %i', (bytes, value) => {
  expect(reader(...bytes).varint32()).toBe(value)
})

test.each([
  ['nothing', [], 'truncated message'],
  ['an open varint', [0x80], 'truncated varint'],
  ['a varint of 33 bits', [0xff, 0xff, 0xff, 0xff, 0x1f], 'varint wider than 32 bits'],
  ['a varint of six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 'varint wider than 32 bits'],
])('%s is no 32-bit varint', (_name, bytes, message) => {
  expect(() => reader(...bytes).varint32()).toThrow(new MalformedError(message))
})

test.each([
  ['field number 0', [0x00], 'field number 0'],
  ['a group', [0x0b], 'wire type 3 is not supported'],
  ['the end of a group', [0x0c], 'wire type 4 is not supported'],
  ['wire type 6', [0x0e], 'wire type 6 is not supported'],
  ['wire type 7', [0x0f], 'wire type 7 is not supported'],
  ['a length past the end', [0x0a, 0x05, 0x00], 'a length reaches past the end of its message'],
  ['a length of 4 GiB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], 'a length reaches past the end of its message'],
  ['a varint of eleven bytes', [0x08, ...Array(10).fill(0x80), 0x01], 'varint wider than 64 bits'],
  ['a varint of 65 bits', [0x08, ...Array(9).fill(0xff), 0x02], 'varint wider than 64 bits'],
  ['half a fixed64', [0x09, 1, 2, 3], 'truncated fixed value'],
  ['half a fixed32', [0x0d, 1, 2, 3], 'truncated fixed value'],
])('%s is refused', (_name, bytes, message) => {
  const r = reader(...bytes)
  expect(() => {
    r.tag()
    r.skip()
  }).toThrow(new MalformedError(message))
})

test('nothing is read beyond the end of a nested message', () => {
  // Field 1 holds two bytes that announce three more; the third one is the parent's.
  const r = reader(0x0a, 0x02, 0x12, 0x01, 0x08)
  r.tag()
  const outer = r.enter()
  expect(r.tag()).toBe(2)
  expect(() => r.skip()).toThrow(MalformedError)
  expect(outer).toBe(5)
})

test('a value of another wire type than its field has is refused', () => {
  const r = reader(0x08, 0x01)
  r.tag()
  expect(() => r.enter()).toThrow('wire type 0 where bytes were expected')
  r.wire = WIRE_LENGTH
  expect(() => r.varint64()).toThrow('wire type 2 where a number was expected')
  expect(() => r.fixed64()).toThrow('wire type 2 where 8 bytes were expected')
  expect(() => r.fixed32()).toThrow('wire type 2 where 4 bytes were expected')
})
