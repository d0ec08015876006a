// Refusals of the console's own server, as RFC 9457 problem details. What passes through keeps the errors of whoever answers.
import type { ErrorRequestHandler, Response } from 'express'

/** An expected refusal; `code` is stable, `message` says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

export function sendProblem(response: Response, { status, code, message }: Refusal): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: code, status, code, detail: message }))
}

/** The last handler: a refusal is told, anything else is logged and hidden. */
export function problemHandler(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (error instanceof Refusal) return sendProblem(response, error)
    // What express and its body parsers throw for bad requests names its status, and no more than that is told.
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
    if (status >= 400 && status < 500) {
      return sendProblem(response, new Refusal(status, 'bad_request', 'the request is not valid'))
    }
    onError(error)
    sendProblem(response, new Refusal(500, 'internal', 'the console’s server failed; its log says why'))
  }
}
