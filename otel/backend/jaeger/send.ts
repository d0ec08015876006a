// Answers of the query port: whole values, and lists that are written piece by piece because they may be large.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { Envelope, GatewayError, LegacyError } from './wire.ts'

const CHUNK_CHARS = 64 * 1024

/** Answers 200 in the older API's envelope. */
export function sendEnvelope<T>(res: Response, data: T, total = 0): void {
  const envelope: Envelope<T> = { data, total, limit: 0, offset: 0, errors: null }
  res.json(envelope)
}

/** Answers an error as the older API does. */
export function sendLegacyError(res: Response, status: number, msg: string): void {
  const envelope: Envelope<never> = { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg }] }
  res.status(status).json(envelope)
}

/** Answers an error as the newer API does. */
export function sendV3Error(res: Response, status: number, message: string): void {
  const body: GatewayError = { error: { httpCode: status, message } }
  res.status(status).json(body)
}

/** Answers 200 with a list in the older API's envelope; `errors` tells of members that were asked for and are not there. */
export async function streamEnvelope(
  res: Response,
  items: Iterable<unknown>,
  errors: LegacyError[] | null,
): Promise<void> {
  const tail = `],"total":0,"limit":0,"offset":0,"errors":${JSON.stringify(errors)}}`
  await streamList(res, '{"data":[', items, tail)
}

/** Answers 200 with `head`, the items as JSON with commas between, and `tail`, at the pace of the reader. */
export async function streamList(res: Response, head: string, items: Iterable<unknown>, tail: string): Promise<void> {
  res.setHeader('content-type', 'application/json; charset=utf-8')
  try {
    await pipeline(Readable.from(chunks(head, items, tail)), res)
  } catch (error) {
    // A reader that goes away is no error of ours.
    if (!res.destroyed) throw error
  }
}

function* chunks(head: string, items: Iterable<unknown>, tail: string): Generator<string> {
  let text = head
  let first = true
  for (const item of items) {
    text += (first ? '' : ',') + JSON.stringify(item)
    first = false
    if (text.length >= CHUNK_CHARS) {
      yield text
      text = ''
    }
  }
  yield text + tail
}
