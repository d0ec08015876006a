// For tests: an HTTP server that answers as Prometheus does with what the test says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeCall = { path: string; method: string; params: URLSearchParams }

export type FakeAnswer = { status?: number; body: unknown }

export type FakePrometheus = {
  url: string
  calls: FakeCall[]
  stop(): Promise<void>
}

export async function startFakePrometheus(answer: (call: FakeCall) => FakeAnswer): Promise<FakePrometheus> {
  const calls: FakeCall[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://prometheus')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const params = request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString()) : url.searchParams
    const call = { path: url.pathname, method: request.method ?? '', params }
    calls.push(call)
    const { status = 200, body } = answer(call)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A server that listens on a TCP port has such an address.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function success(data: unknown, notes: object = {}): FakeAnswer {
  return { body: { status: 'success', data, ...notes } }
}

export function refusal(errorType: string, error: string, status = 400): FakeAnswer {
  return { status, body: { status: 'error', errorType, error } }
}

/** A vector of series and values, at a time of no interest. */
export function vectorOf(...samples: [metric: Record<string, string>, value: string][]): FakeAnswer {
  return success({
    resultType: 'vector',
    result: samples.map(([metric, value]) => ({ metric, value: [1_732_314_612, value] })),
  })
}
