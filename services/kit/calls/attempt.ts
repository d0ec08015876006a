// One request on one connection: whole bodies, a time limit, and cancellation that the callee sees as a closed connection.
// It knows nothing of replicas, retries or policies.
import type { Client, Dispatcher } from 'undici'
import { AttemptFailed } from './attempt-failed.ts'
import type { CallResponse } from './caller.ts'

export const maxResponseBytes = 8 * 1024 * 1024

export type AttemptRequest = {
  instance: string
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer | string | undefined
  timeoutMs: number
  /** Cancels the attempt; a reason with `code: 'timeout'` counts as a timeout. */
  signal: AbortSignal | undefined
}

/**
 * Sends the request on `client` and resolves to the whole answer. Rejects with `AttemptFailed`, or with undici's own error when the
 * request is not a valid one. The client must be free: one that queues would create the span later, in another request's context.
 */
export function sendAttempt(client: Client, request: AttemptRequest): Promise<CallResponse> {
  return new Promise((resolve, reject) => {
    const attempt = new Attempt(client, request, resolve, reject)
    attempt.start()
  })
}

/** undici's handler interface. A class for speed: one is made for each attempt, and undici calls its methods by name. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #client: Client
  readonly #request: AttemptRequest
  readonly #resolve: (response: CallResponse) => void
  readonly #reject: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: CallResponse['headers'] = {}
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(
    client: Client,
    request: AttemptRequest,
    resolve: (response: CallResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#client = client
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { method, path, headers, body, signal, timeoutMs } = this.#request
    if (signal?.aborted) {
      this.#reject(this.#cancelled(signal.reason))
      return
    }
    signal?.addEventListener('abort', this)
    this.#timer = setTimeout(
      () => this.#cut(this.#failure('timeout', `no answer in ${Math.round(timeoutMs)} ms`)),
      timeoutMs,
    )
    this.#client.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null }, this)
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.#cut(this.#cancelled(this.#request.signal?.reason))
  }

  /** The connection stands, and the request is about to be written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: object): void {
    if (status < 200) return
    this.#status = status
    // undici makes this object from the wire: lower-case names, an array for a repeated one.
    this.#headers = headers as CallResponse['headers']
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > maxResponseBytes) {
      this.#cut(this.#failure('body_too_large', `the answer is larger than ${maxResponseBytes} bytes`))
      return
    }
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#settle()
    const [only] = this.#chunks
    const body = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks)
    this.#resolve({ status: this.#status, headers: this.#headers, body, instance: this.#request.instance })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle()
    this.#reject(error instanceof AttemptFailed || isOurMistake(error) ? error : this.#broken(error))
  }

  /** Ends the request at once; undici hands the failure to onResponseError, and to the span. */
  #cut(failure: AttemptFailed): void {
    if (this.#controller) this.#controller.abort(failure)
    // Still connecting: nothing to abort but the client with its connection attempt.
    else void this.#client.destroy(failure)
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#request.signal?.removeEventListener('abort', this)
  }

  #cancelled(reason: unknown): AttemptFailed {
    const code = reason instanceof Error && 'code' in reason ? reason.code : undefined
    return code === 'timeout'
      ? this.#failure('timeout', 'the deadline of the request has passed')
      : this.#failure('cancelled', 'the request was cancelled')
  }

  #broken(cause: Error): AttemptFailed {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
    return this.#failure(this.#controller ? 'reset' : 'connect', cause.message || code, { code, cause })
  }

  #failure(
    reason: AttemptFailed['reason'],
    message: string,
    options: { code?: string; cause?: unknown } = {},
  ): AttemptFailed {
    const { instance, timeoutMs: allowedMs } = this.#request
    const sent = this.#controller !== undefined
    return new AttemptFailed(reason, `${instance}: ${message}`, { sent, allowedMs, ...options })
  }
}

/** undici refuses a request that is not valid HTTP; no replica was asked, and none would accept it. */
function isOurMistake(error: Error): boolean {
  return 'code' in error && (error.code === 'UND_ERR_INVALID_ARG' || error.code === 'UND_ERR_NOT_SUPPORTED')
}
