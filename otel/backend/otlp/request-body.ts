// Reads a request's body within its limits: refuses what says it is too large before reading it, what turns out so at once, and
// decompresses no further than allowed.

import type { IncomingMessage } from 'node:http'
import { gunzipSync, inflateSync } from 'node:zlib'
import { MAX_BODY_BYTES, MAX_DECOMPRESSED_BYTES, MAX_INFLIGHT_BYTES } from './limits.ts'

/** The body cannot be taken. `status` is the HTTP status of the answer, `message` is safe to show. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
  readonly status: 400 | 413 | 415 | 503

  constructor(status: 400 | 413 | 415 | 503, message: string) {
    super(message)
    this.status = status
  }
}

/** Bytes of bodies that are being read, over all requests. */
export interface Inflight {
  bytes: number
}

/**
 * Reads and decompresses the body. Throws BodyError: 413 too large, 415 unknown encoding, 400 broken, 503 when too many bodies are being
 * read at once. After an error the rest of the body is left unread: the caller lets it run dry.
 */
export async function readBody(req: IncomingMessage, inflight: Inflight): Promise<Buffer> {
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const inflate = DECODERS.get(encoding)
  if (inflate === undefined)
    throw new BodyError(415, `content encoding ${JSON.stringify(encoding)} is not supported: use gzip`)
  const announced = Number(req.headers['content-length'] ?? 0)
  if (announced > MAX_BODY_BYTES) throw new BodyError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`)
  return inflate(await collect(req, inflight))
}

async function collect(req: IncomingMessage, inflight: Inflight): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    // Without destroying the request on an early exit: the answer has yet to be sent over its socket.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      // No encoding is set, so chunks are buffers.
      const bytes = chunk as Buffer
      size += bytes.length
      inflight.bytes += bytes.length
      if (size > MAX_BODY_BYTES) throw new BodyError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`)
      if (inflight.bytes > MAX_INFLIGHT_BYTES) throw new BodyError(503, 'too many requests at once')
      chunks.push(bytes)
    }
  } catch (error) {
    throw error instanceof BodyError ? error : new BodyError(400, 'the request ended before its body')
  } finally {
    inflight.bytes -= size
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)
}

/** Decompression is synchronous, so that only one body is ever held decompressed. */
const DECODERS = new Map<string, (body: Buffer) => Buffer>([
  ['identity', (body) => body],
  ['gzip', (body) => decompress(() => gunzipSync(body, { maxOutputLength: MAX_DECOMPRESSED_BYTES }))],
  ['deflate', (body) => decompress(() => inflateSync(body, { maxOutputLength: MAX_DECOMPRESSED_BYTES }))],
])

function decompress(run: () => Buffer): Buffer {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) {
      throw new BodyError(413, `the body is larger than ${MAX_DECOMPRESSED_BYTES} bytes when decompressed`)
    }
    throw new BodyError(400, 'the body is not what its content encoding says')
  }
}
