// The one error that crosses a service's boundary. error-response.ts turns it into a response, once.
import { z } from 'zod'

const FieldError = z.object({ field: z.string(), message: z.string() })
export type FieldError = z.infer<typeof FieldError>

/** An expected failure of a request. `code` is stable and machine-readable, `message` is for people; neither holds a secret. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string
  readonly fields: FieldError[]
  readonly headers: Record<string, string>
  /** Further members of the problem document, for instance the order that was refused. */
  readonly extensions: Record<string, string>

  constructor(
    status: number,
    code: string,
    message: string,
    options: {
      cause?: unknown
      fields?: FieldError[]
      headers?: Record<string, string>
      extensions?: Record<string, string>
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.status = status
    this.code = code
    this.fields = options.fields ?? []
    this.headers = options.headers ?? {}
    this.extensions = options.extensions ?? {}
  }
}

/** RFC 9457 problem details, with a stable `code`, the fields at fault and the trace to look at. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(FieldError).optional(),
  traceId: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>

export function notFound(what: string): HttpError {
  return new HttpError(404, 'not_found', `${what} does not exist`)
}
