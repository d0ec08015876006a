// Sends the command line's requests to the control plane: one plain HTTP request each, no retries, no telemetry.
import { request } from 'node:http'
import { type Caller, CallFailure, type CallRequest, type CallResponse } from '../../services/kit/calls/caller.ts'

/** Scaling down waits for requests under way, so answers may take a while. */
const TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** A caller of the control plane at `baseUrl`; every request carries the run's token. */
export function createControlCaller(baseUrl: string, token: string): Caller {
  const callee = 'the control plane'
  return {
    callee,
    call: (call) =>
      new Promise((resolve, reject) => {
        send(baseUrl, token, call, resolve, (error) => {
          const message = `the control plane does not answer: ${error.message}`
          reject(new CallFailure(callee, reasonOf(error), message, { cause: error }))
        })
      }),
  }
}

function send(
  baseUrl: string,
  token: string,
  call: CallRequest,
  onAnswer: (response: CallResponse) => void,
  onError: (error: Error) => void,
): void {
  const outgoing = request(
    new URL(call.path, baseUrl),
    {
      method: call.method,
      headers: {
        ...call.headers,
        authorization: `Bearer ${token}`,
        ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
      },
      signal: AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS),
      agent: false,
    },
    (answer) => {
      const chunks: Buffer[] = []
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error('the answer is too large'))
        else chunks.push(chunk)
      })
      answer.on('error', onError)
      answer.on('end', () =>
        onAnswer({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, value ?? ''])),
          body: Buffer.concat(chunks),
          instance: 'control-plane',
        }),
      )
    },
  )
  outgoing.on('error', onError)
  outgoing.end(call.body)
}

function reasonOf(error: Error): 'timeout' | 'connect' {
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? 'timeout' : 'connect'
}
