// A checksum that an answer's sender puts beside its body, so that whoever reads it can tell whether it is the one that was sent.
import { crc32 } from 'node:zlib'
import type { CallResponse } from '../calls/caller.ts'

/** CRC-32 of the body as it was made, in hexadecimal. */
export const CHECKSUM_HEADER = 'x-body-crc32'

export function checksumOf(body: Buffer | string): string {
  return crc32(body).toString(16)
}

/** True as well for what came without a checksum, or without its body: the answer to a HEAD has the checksum of a GET's. */
export function isWhole({ headers, body }: Pick<CallResponse, 'headers' | 'body'>): boolean {
  const expected = headers[CHECKSUM_HEADER]
  return expected === undefined || body.length === 0 || expected === checksumOf(body)
}
