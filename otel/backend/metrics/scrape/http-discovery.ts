// Learns the targets by Prometheus's HTTP service discovery: https://prometheus.io/docs/prometheus/latest/http_sd/
// Whoever serves the list may be away: the last one stands until there is a new one.
import { type Dispatcher, request } from 'undici'
import { z } from 'zod'
import type { Target } from './target.ts'

export interface HttpDiscoveryDeps {
  url: string
  /** Sent as a bearer token; none when undefined. */
  token: string | undefined
  /** Milliseconds between two requests. */
  intervalMs: number
  /** Called when the list has changed, and once for each time that it begins to fail. */
  onChange: () => void
  onFailure: (message: string) => void
  dispatcher?: Dispatcher
}

const TIMEOUT_MS = 2_000
const MAX_BODY_BYTES = 1024 * 1024

const TargetGroups = z.array(
  z.object({
    targets: z.array(z.string().min(1)),
    labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()).nullish(),
  }),
)

export class HttpDiscovery {
  private readonly deps: HttpDiscoveryDeps
  private readonly stopped = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private known: readonly Target[] = []
  private text = ''
  private failing = false

  constructor(deps: HttpDiscoveryDeps) {
    this.deps = deps
  }

  /** Asks now and then at the interval, one request at a time. */
  start(): void {
    void this.refresh().finally(() => {
      if (this.stopped.signal.aborted) return
      this.timer = setTimeout(() => this.start(), this.deps.intervalMs)
      this.timer.unref()
    })
  }

  stop(): void {
    this.stopped.abort()
    clearTimeout(this.timer)
  }

  /** The targets of the last good answer. */
  targets(): readonly Target[] {
    return this.known
  }

  private async refresh(): Promise<void> {
    try {
      const text = await this.fetch()
      const targets = text === this.text ? this.known : readTargets(text)
      this.failing = false
      if (text === this.text) return
      this.known = targets
      this.text = text
      this.deps.onChange()
    } catch (error) {
      if (this.failing || this.stopped.signal.aborted) return
      this.failing = true
      this.deps.onFailure(`no targets from ${this.deps.url}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  private async fetch(): Promise<string> {
    const { url, token, dispatcher } = this.deps
    const { statusCode, body } = await request(url, {
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(dispatcher ? { dispatcher } : {}),
    })
    const pieces: Buffer[] = []
    let length = 0
    // Leaving the loop destroys the stream.
    for await (const piece of body as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > MAX_BODY_BYTES) throw new Error(`the list is larger than ${MAX_BODY_BYTES} bytes`)
      pieces.push(piece)
    }
    if (statusCode !== 200) throw new Error(`server returned HTTP status ${statusCode}`)
    return Buffer.concat(pieces).toString('utf8')
  }
}

/**
 * Targets of the list's text: one for each address of each group. `__scheme__` and `__metrics_path__` make the address, other labels
 * that begin with `__` are dropped, `instance` is the address when there is none.
 * @throws Error
 */
export function readTargets(text: string): Target[] {
  const groups = TargetGroups.parse(JSON.parse(text))
  return groups.flatMap(({ targets, labels }) => {
    const { __scheme__: scheme = 'http', __metrics_path__: path = '/metrics', ...rest } = labels ?? {}
    const kept = Object.fromEntries(
      Object.entries(rest).filter(([name, value]) => !name.startsWith('__') && value !== ''),
    )
    return targets.map((address) => ({ url: `${scheme}://${address}${path}`, labels: { instance: address, ...kept } }))
  })
}
