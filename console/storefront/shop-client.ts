// The shop's API from the browser: by the console's server, with the customer's region, session and last write.

import type { RegionId } from './shop-model.ts'
import type { Action } from './tracing.ts'

/** What the shop said no with. */
export class ShopError extends Error {
  override readonly name = 'ShopError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export type Customer = {
  region: RegionId
  /** The shop's session; undefined for whoever only looks. */
  token: string | undefined
  /** Of the last write: see `x-read-after`. */
  readAfter: string | undefined
}

export type ShopAnswer<T> = { body: T; servedBy: string | undefined; readAfter: string | undefined }

type Question = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** @param path below /api. Rejects with a `ShopError`, also when nobody answers. */
export async function askShop<T>(
  action: Action,
  customer: Customer,
  path: string,
  { method = 'GET', body, headers = {}, signal }: Question = {},
): Promise<ShopAnswer<T>> {
  const { region, token, readAfter } = customer
  let response: Response
  try {
    response = await action.within(() =>
      fetch(`/shop/api${path}`, {
        method,
        headers: {
          'x-customer-region': region,
          'x-faultline-console': '1',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(method === 'GET' && readAfter ? { 'x-read-after': readAfter } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }),
    )
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ShopError(0, 'unreachable', 'The shop does not answer')
  }
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw shopError(response.status, answer)
  return {
    // The API's own contract.
    body: answer as T,
    servedBy: response.headers.get('x-served-by-region') ?? undefined,
    readAfter: response.headers.get('x-read-after') ?? undefined,
  }
}

function shopError(status: number, answer: unknown): ShopError {
  const problem = typeof answer === 'object' && answer !== null ? answer : {}
  const code = 'code' in problem ? String(problem.code) : 'error'
  const detail = 'detail' in problem ? String(problem.detail) : `The shop answered ${status}`
  return new ShopError(status, code, detail)
}
