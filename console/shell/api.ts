// How every view asks the APIs behind the console: same origin, JSON, errors with what the answer said.

/** The server refuses changes without it, see server/access.ts. */
const GUARD_HEADER = 'x-faultline-console'

/** An answer that is an error; status 0 when there was none at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** GETs JSON, for instance `/jaeger/api/services`. The shape is the caller's to check. Rejects with an `ApiError`. */
export function getJson<T>(path: string, options: { signal?: AbortSignal } = {}): Promise<T> {
  return call(path, { method: 'GET', ...options })
}

/** Sends JSON, and reads JSON if there is any. */
export function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  return call(path, {
    method,
    headers: { [GUARD_HEADER]: '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...options,
  })
}

/** POSTs a form, as Prometheus takes long queries. */
export function postForm<T>(path: string, form: URLSearchParams, options: { signal?: AbortSignal } = {}): Promise<T> {
  return call(path, { method: 'POST', headers: { [GUARD_HEADER]: '1' }, body: form, ...options })
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  let text: string
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
    text = await response.text()
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'the console’s server does not answer: is the cluster still running?')
  }
  const value = parse(text)
  if (!response.ok) throw new ApiError(response.status, messageOf(value) ?? `${path} answered ${response.status}`)
  return value as T
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Of a problem document, of Jaeger's errors, or of Prometheus's. */
function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('detail' in value && typeof value.detail === 'string') return value.detail
  if ('error' in value && typeof value.error === 'string') return value.error
  if ('errors' in value && Array.isArray(value.errors)) {
    const [first] = value.errors
    if (typeof first?.msg === 'string') return first.msg
  }
  return undefined
}
