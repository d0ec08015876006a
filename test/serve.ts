// An app on a real port, and what a test asks it with.
import type { Express } from 'express'
import { request } from 'undici'
import type { Metrics } from '../otel/sdk/metrics/instruments.ts'
import { type Listening, listen } from '../services/kit/http/server.ts'

export type Answer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: unknown
}

export type Served = {
  url: string
  listening: Listening
  /** `body` is sent as JSON unless it is a string or a buffer. */
  send(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>
  close(): Promise<void>
}

export async function serve(app: Express, options: { metrics?: Metrics } = {}): Promise<Served> {
  const listening = await listen(app, { host: '127.0.0.1', port: 0, ...options })
  const url = `http://127.0.0.1:${listening.port}`
  return {
    url,
    listening,
    async send(method, path, { body, headers = {} } = {}) {
      const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
      const response = await request(url + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : isRaw ? body : JSON.stringify(body),
      })
      const text = await response.body.text()
      return { status: response.statusCode, headers: response.headers, text, json: parse(text) }
    },
    close: () => listening.close(0),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
