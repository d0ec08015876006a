// The envelope of every answer, sent in pieces so that a large one neither holds the process up nor is held twice.
import type { Request, RequestHandler, Response } from 'express'
import { type ApiError, toApiError } from './api-error.ts'
import { paramsOf } from './request-params.ts'

export interface Notes {
  warnings?: readonly string[]
  infos?: readonly string[]
}

const PIECE_CHARACTERS = 64 * 1024

/** Handles a request; what it throws becomes the answer. */
export type Handler = (params: URLSearchParams, req: Request, res: Response) => void | Promise<void>

/** Makes a handler one that Express takes. */
export type Wrap = (handle: Handler) => RequestHandler

/** A handler as Express takes it. `onFault` hears of faults that are not the client's. */
export function handlerOf(handle: Handler, onFault: (error: unknown) => void): RequestHandler {
  return async function prometheusHandler(req: Request, res: Response): Promise<void> {
    try {
      await handle(paramsOf(req), req, res)
    } catch (error) {
      const answer = toApiError(error)
      if (answer.type === 'internal') onFault(error)
      if (res.headersSent) res.destroy()
      else sendError(res, answer)
    }
  }
}

export function sendData(res: Response, data: unknown, notes: Notes = {}): void {
  sendText(res, 200, `{"status":"success","data":${JSON.stringify(data)}${notesText(notes)}}`)
}

export function sendError(res: Response, error: ApiError): void {
  sendText(res, error.status, JSON.stringify({ status: 'error', errorType: error.type, error: error.message }))
}

/** Sends pieces of JSON that together are the data. Waits while the client is slow; stops when it has gone. */
export async function sendPieces(res: Response, pieces: Iterable<string>, notes: Notes): Promise<void> {
  res.status(200).setHeader('content-type', 'application/json')
  let text = '{"status":"success","data":'
  for (const piece of pieces) {
    text += piece
    if (text.length < PIECE_CHARACTERS) continue
    if (res.destroyed) return
    const flowing = res.write(text)
    text = ''
    // Even a fast client must leave room for scrapes and other queries.
    await (flowing ? new Promise((resolve) => setImmediate(resolve)) : drained(res))
  }
  res.end(`${text}${notesText(notes)}}`)
}

function drained(res: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}

function notesText({ warnings = [], infos = [] }: Notes): string {
  const warningsText = warnings.length > 0 ? `,"warnings":${JSON.stringify(warnings)}` : ''
  return infos.length > 0 ? `${warningsText},"infos":${JSON.stringify(infos)}` : warningsText
}

function sendText(res: Response, status: number, text: string): void {
  res.status(status).setHeader('content-type', 'application/json')
  res.end(text)
}
