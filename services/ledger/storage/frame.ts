// The frame that everything in a segment is written in, and the search for the place where a segment ends or is damaged. Pure.
// A frame is written by one write and synced before the next one follows: a crash can only cut the last one off.
import { crc32 } from 'node:zlib'

/** No UTF-8 text holds these bytes, so no payload of ours can be taken for a frame. */
const MAGIC = 0xfe_1e_d6_01
const MAGIC_BYTES = Buffer.from([0xfe, 0x1e, 0xd6, 0x01])
/** Magic number, length of the payload, CRC-32 of the payload, CRC-32 of these twelve bytes; unsigned, big-endian. */
const HEADER_BYTES = 16
/** Far beyond what is ever written in one. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

export function encodeFrame(payload: string): Buffer {
  const length = Buffer.byteLength(payload)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.write(payload, HEADER_BYTES)
  frame.writeUInt32BE(MAGIC, 0)
  frame.writeUInt32BE(length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(HEADER_BYTES)), 8)
  frame.writeUInt32BE(crc32(frame.subarray(0, 12)), 12)
  return frame
}

export type Frame = { payload: string; offset: number; bytes: number }

/** `torn`: nothing whole follows, as after a write that was cut off. `corrupt`: intact frames follow, so something damaged what had been written. */
export type Damage = { kind: 'torn' | 'corrupt'; offset: number; why: string }

export type Scan = { frames: Frame[]; damage: Damage | undefined }

/** All frames from the start up to the end or to the first damage. */
export function scanFrames(segment: Buffer): Scan {
  const frames: Frame[] = []
  let offset = 0
  while (offset < segment.length) {
    const frame = readFrame(segment, offset)
    if (typeof frame === 'string') {
      return { frames, damage: { kind: followsFrame(segment, offset + 1) ? 'corrupt' : 'torn', offset, why: frame } }
    }
    frames.push(frame)
    offset += frame.bytes
  }
  return { frames, damage: undefined }
}

/** The frame at `offset`, or what is wrong with it. */
export function readFrame(segment: Buffer, offset: number): Frame | string {
  if (segment.length - offset < HEADER_BYTES) return 'the header of a frame is cut off'
  const header = segment.subarray(offset, offset + HEADER_BYTES)
  if (header.readUInt32BE(0) !== MAGIC) return 'no frame begins where one should'
  if (header.readUInt32BE(12) !== crc32(header.subarray(0, 12))) return 'the header of a frame has another checksum'
  const length = header.readUInt32BE(4)
  if (length > MAX_PAYLOAD_BYTES) return 'a frame is larger than any may be'
  const start = offset + HEADER_BYTES
  if (start + length > segment.length) return 'a frame is cut off'
  const payload = segment.subarray(start, start + length)
  if (crc32(payload) !== header.readUInt32BE(8)) return 'a frame has another checksum'
  return { payload: payload.toString('utf8'), offset, bytes: HEADER_BYTES + length }
}

function followsFrame(segment: Buffer, from: number): boolean {
  for (let at = segment.indexOf(MAGIC_BYTES, from); at >= 0; at = segment.indexOf(MAGIC_BYTES, at + 1)) {
    if (typeof readFrame(segment, at) !== 'string') return true
  }
  return false
}
