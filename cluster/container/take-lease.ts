// Asks the control plane which node this container is. Patient: a control plane that is away, or a place that is still taken, is asked again.
import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { LeaseAnswer, LeaseBody } from '../control-plane/lease-contract.ts'

const TIMEOUT_MS = 5_000
const RETRY_MS = { first: 100, max: 2_000 }
/** Worth another try: nobody there, somebody who is just starting, a place whose holder is being waited for. */
const RETRIED = new Set([0, 409, 500, 502, 503, 504])

export type TakeLeaseOptions = {
  controlUrl: string
  token: string
  onRetry(reason: string): void
}

type Answer = { status: number; text: string }

/** Rejects with an `Error` that quotes the control plane when it refuses for good. */
export async function takeLease(
  body: LeaseBody,
  { controlUrl, token, onRetry }: TakeLeaseOptions,
): Promise<LeaseAnswer> {
  let lastReason = ''
  for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(waitMs * 2, RETRY_MS.max)) {
    const { status, text } = await post(new URL('/v1/leases', controlUrl), token, JSON.stringify(body))
    // The control plane's contract; the other end is of the same version.
    if (status === 200) return JSON.parse(text) as LeaseAnswer
    const reason = `the control plane at ${controlUrl} ${status === 0 ? 'does not answer' : `answered ${status}`}: ${text}`
    if (!RETRIED.has(status)) throw new Error(reason)
    if (reason !== lastReason) onRetry(reason)
    lastReason = reason
    await delay(waitMs)
  }
}

/** Plain `http`: nothing of this process may load what OpenTelemetry is to patch first. Status 0 for no answer. */
function post(url: URL, token: string, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const outgoing = request(url, { method: 'POST', headers, agent: false, signal }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text = (text + piece).slice(0, 2_000)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      answer.on('error', (error) => resolve({ status: 0, text: error.message }))
    })
    outgoing.on('error', (error) => resolve({ status: 0, text: error.message }))
    outgoing.end(body)
  })
}
