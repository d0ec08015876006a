// The failures that Prometheus's HTTP API names, and their status.
import { QueryError } from '../../promql/query-error.ts'

export type ApiErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'internal' | 'not_found'

const STATUS: Readonly<Record<ApiErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 503,
  internal: 500,
  not_found: 404,
}

export class ApiError extends Error {
  readonly type: ApiErrorType

  constructor(type: ApiErrorType, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.type = type
  }

  get status(): number {
    return STATUS[this.type]
  }
}

export function invalidParameter(name: string, message: string, cause?: unknown): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${message}`, { cause })
}

/** What an error is for the client. Faults of our own are told apart from the client's, and not told in detail. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof QueryError) return new ApiError(error.kind, error.message, { cause: error })
  return new ApiError('internal', 'internal error', { cause: error })
}
