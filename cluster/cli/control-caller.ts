// Sends the command line's requests to the control plane and to nodes: one plain HTTP request each, no retries, no telemetry.
import { request } from 'node:http'
import { type Caller, CallFailure, type CallRequest, type CallResponse } from '../../services/kit/calls/caller.ts'

/** Scaling down waits for requests under way, so answers may take a while. */
const TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** A caller of the control plane at `baseUrl`; every request carries the run's token. */
export function createControlCaller(baseUrl: string, token: string): Caller {
  return createPlainCaller('the control plane', baseUrl, { authorization: `Bearer ${token}` })
}

/** A caller of one node at `address` (`host:port`). */
export function createNodeCaller(node: string, address: string): Caller {
  return createPlainCaller(node, `http://${address}`, {})
}

function createPlainCaller(callee: string, baseUrl: string, headers: Record<string, string>): Caller {
  return {
    callee,
    call: (call) =>
      new Promise((resolve, reject) => {
        send(baseUrl, { ...call, headers: { ...call.headers, ...headers } }, resolve, (error) => {
          const message = `${callee} does not answer: ${error.message}`
          reject(new CallFailure(callee, reasonOf(error), message, { cause: error }))
        })
      }),
  }
}

function send(
  baseUrl: string,
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
          instance: baseUrl,
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
