// A callee that answers as a test says, and remembers what it was asked.
import { type Caller, CallFailure, type CallFailureReason, type CallRequest } from '../services/kit/calls/caller.ts'

export type FakeAnswer = { status?: number; body?: unknown; headers?: Record<string, string> }

export type FakeCaller = Caller & { requests: CallRequest[] }

/** `answers` has one function or constant an endpoint, by `METHOD /template`; an endpoint without one fails the test's request. */
export function fakeCaller(
  callee: string,
  answers: Record<string, FakeAnswer | ((request: CallRequest) => FakeAnswer | Promise<FakeAnswer>)>,
): FakeCaller {
  const requests: CallRequest[] = []
  return {
    callee,
    requests,
    async call(request) {
      requests.push(request)
      const answer = answers[`${request.method} ${request.route}`]
      if (answer === undefined)
        throw new Error(`the fake ${callee} has no answer to ${request.method} ${request.route}`)
      const { status = 200, body, headers = {} } = typeof answer === 'function' ? await answer(request) : answer
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      return { status, headers, body: Buffer.from(text), instance: `${callee}-1` }
    },
  }
}

/** An answer that never comes, for the given reason. */
export function fails(callee: string, reason: CallFailureReason): () => never {
  return () => {
    throw new CallFailure(callee, reason, `${callee} did not answer: ${reason}`)
  }
}
