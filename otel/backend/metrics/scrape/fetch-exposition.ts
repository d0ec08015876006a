// Gets one exposition over HTTP, within limits of time and size. Prefers OpenMetrics, which carries exemplars.
import { isUtf8 } from 'node:buffer'
import type { Dispatcher } from 'undici'
import type { ExpositionFormat } from '../exposition/exposition-parser.ts'

export interface FetchedExposition {
  body: string
  format: ExpositionFormat
}

export interface FetchLimits {
  timeoutMs: number
  maxBodyBytes: number
}

const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

/** @throws Error with a message for people when there is no exposition to be had. */
export async function fetchExposition(
  address: string,
  dispatcher: Dispatcher,
  limits: FetchLimits,
): Promise<FetchedExposition> {
  const signal = AbortSignal.timeout(limits.timeoutMs)
  try {
    const url = new URL(address)
    const { statusCode, headers, body } = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { accept: ACCEPT, 'x-prometheus-scrape-timeout-seconds': String(limits.timeoutMs / 1000) },
      signal,
    })
    if (statusCode !== 200) {
      body.on('error', () => {})
      body.destroy()
      throw new Error(`server returned HTTP status ${statusCode}`)
    }
    const bytes = await readAll(body, limits.maxBodyBytes)
    if (!isUtf8(bytes)) throw new Error('the exposition is not valid UTF-8')
    const type = String(headers['content-type'] ?? '')
    return { body: bytes.toString('utf8'), format: type.includes('openmetrics') ? 'openmetrics' : 'text' }
  } catch (error) {
    if (signal.aborted) throw new Error(`no complete answer within ${limits.timeoutMs} ms`, { cause: error })
    throw error
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    // Leaving the loop destroys the stream, and the connection with it.
    if (length > maxBytes) throw new Error(`the exposition is larger than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return pieces.length === 1 && pieces[0]
    ? Buffer.from(pieces[0].buffer, pieces[0].byteOffset, length)
    : Buffer.concat(pieces)
}
