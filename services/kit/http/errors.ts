// The one error that crosses a service's boundary. error-response.ts turns it into a response, once.

export type FieldError = { field: string; message: string }

/** An expected failure of a request. `code` is stable and machine-readable, `message` is for people; neither holds a secret. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string
  readonly fields: FieldError[]
  readonly headers: Record<string, string>

  constructor(
    status: number,
    code: string,
    message: string,
    options: { cause?: unknown; fields?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(message, { cause: options.cause })
    this.status = status
    this.code = code
    this.fields = options.fields ?? []
    this.headers = options.headers ?? {}
  }
}

/** RFC 9457 problem details, with a stable `code`, the fields at fault and the trace to look at. */
export type Problem = {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: FieldError[]
  traceId?: string
}

export function notFound(what: string): HttpError {
  return new HttpError(404, 'not_found', `${what} does not exist`)
}
