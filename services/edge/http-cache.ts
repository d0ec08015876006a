// A shared HTTP cache in memory, bounded in bytes: one fetch at a time for each URL, revalidation, and stale answers while the origin
// is away. What may be stored and used is http-cache-semantics' to say (RFC 9111); this keeps the answers and the fetches under way.
import CachePolicy from 'http-cache-semantics'
import { LRUCache } from 'lru-cache'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { createCacheMeter } from '../kit/cache-meter.ts'
import { currentScope } from '../kit/http/deadline.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import {
  answersRegardlessOfAge,
  bypassReason,
  type CacheRequest,
  cacheResult,
  type ForwardReason,
  freshForS,
  isOriginError,
  mayServeOnError,
  mayStore,
  type OriginAnswer,
  sharedHeaders,
  type Verdict,
} from './domain.ts'

/** Asks the origin with these headers. Rejects when there is no answer. */
export type Fetch = (headers: Record<string, string>) => Promise<OriginAnswer>

export type CachedAnswer = { answer: OriginAnswer; verdict: Verdict }

export type HttpCache = {
  /** Answers from the store or from `fetch`. Rejects as `fetch` does when there is nothing to stand in. */
  answer(request: CacheRequest, fetch: Fetch): Promise<CachedAnswer>
  snapshot(): { entries: number; bytes: number }
}

type Entry = { policy: CachePolicy; status: number; body: Buffer }

/** What one fetch came to, for the request that made it and for those that waited for it. */
type Flight =
  | { kind: 'stored'; entry: Entry; status: number }
  | { kind: 'unstored'; answer: OriginAnswer }
  | { kind: 'failed'; error: unknown; answer?: OriginAnswer }
  /** The request that made the fetch ended; that says nothing about the origin. */
  | { kind: 'abandoned'; error: unknown }

/** Headers, policy and bookkeeping of an entry, roughly. */
const entryOverheadBytes = 2_048
/** A URL whose answer could not be stored is not waited for by others for so long. */
const unstoredMemory = { max: 2_000, ttl: 30_000 }

export type HttpCacheOptions = {
  maxBytes: number
  /** Whether fetches are shared, and whether stale answers stand in. */
  policy?: LivePolicy
  metrics?: Metrics
  /** Told how all entries run out at once. */
  caches?: { watch(expire: () => void): void }
}

export function createHttpCache({
  maxBytes,
  policy = defaultLivePolicy,
  metrics = noMetrics,
  caches,
}: HttpCacheOptions): HttpCache {
  const store = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    maxEntrySize: Math.floor(maxBytes / 8),
    sizeCalculation: (entry, url) => entry.body.length + url.length * 2 + entryOverheadBytes,
  })
  caches?.watch(() => store.clear())
  const flights = new Map<string, Promise<Flight>>()
  const unstored = new LRUCache<string, true>(unstoredMemory)

  async function answer(request: CacheRequest, fetch: Fetch): Promise<CachedAnswer> {
    const bypass = bypassReason(request)
    if (bypass) return forwarded(await fetch(request.headers), bypass)
    const shared = { method: 'GET', url: request.url, headers: sharedHeaders(request.headers) }
    const entry = store.get(request.url)
    const found = entry?.policy.evaluateRequest(shared)
    if (entry && found?.response && (!found.revalidation || policy().serveStale)) {
      if (!found.revalidation) return hit(entry)
      // Refreshed for those who come later, while this one is answered.
      void join(shared, entry, fetch)
      return hit(entry, 'stale-while-revalidate')
    }
    const why = forwardReason(entry, shared)
    if (request.method === 'HEAD' || unstored.has(request.url)) return forwarded(await fetch(request.headers), why)
    return fetchShared(shared, why, fetch)
  }

  async function fetchShared(request: CacheRequest, why: ForwardReason, fetch: Fetch): Promise<CachedAnswer> {
    for (;;) {
      const collapsed = mayShare(request) && flights.has(request.url)
      const flight = await join(request, store.get(request.url), fetch)
      if (flight.kind === 'failed') return standIn(request, why, flight)
      if (!collapsed) return ownFlight(flight, why)
      if (flight.kind === 'stored' && answersRegardlessOfAge(flight.entry.policy, request)) {
        return { answer: answerOf(flight.entry), verdict: verdictOf(flight, why, collapsed) }
      }
      // Stored for another variant, or not to be shared: it was for the one who asked.
      if (flight.kind !== 'abandoned') return forwarded(await fetch(request.headers), why)
    }
  }

  function mayShare(request: CacheRequest): boolean {
    return policy().singleFlight && isShareable(request)
  }

  /** The fetch of this URL that is under way, or a new one. Never rejects. */
  function join(request: CacheRequest, entry: Entry | undefined, fetch: Fetch): Promise<Flight> {
    if (!mayShare(request)) return fly(request, entry, fetch)
    const ongoing = flights.get(request.url)
    if (ongoing) return ongoing
    const flight = fly(request, entry, fetch).finally(() => flights.delete(request.url))
    flights.set(request.url, flight)
    return flight
  }

  async function fly(request: CacheRequest, entry: Entry | undefined, fetch: Fetch): Promise<Flight> {
    try {
      const answer = await fetch(entry ? revalidationHeaders(entry.policy, request) : request.headers)
      if (isOriginError(answer.status)) return { kind: 'failed', error: undefined, answer }
      if (!entry || answer.status !== 304) return keep(request, answer)
      const { policy, matches } = entry.policy.revalidatedPolicy(request, answer)
      if (matches) return put(request.url, { ...entry, policy }, answer.status)
      // The origin has confirmed a version that is not the stored one.
      return keep(request, await fetch(request.headers))
    } catch (error) {
      return currentScope()?.signal.aborted ? { kind: 'abandoned', error } : { kind: 'failed', error }
    }
  }

  function keep(request: CacheRequest, answer: OriginAnswer): Flight {
    const policy = new CachePolicy(request, answer, { shared: true })
    if (mayStore(policy)) {
      // A copy, for the original is part of a larger buffer.
      return put(request.url, { policy, status: answer.status, body: Buffer.from(answer.body) }, answer.status)
    }
    store.delete(request.url)
    if (isShareable(request)) unstored.set(request.url, true)
    return { kind: 'unstored', answer }
  }

  function put(url: string, entry: Entry, status: number): Flight {
    unstored.delete(url)
    store.set(url, entry)
    return { kind: 'stored', entry, status }
  }

  /** A stored answer in place of the origin's, when there is one and the origin allowed for it; else the error. */
  function standIn(request: CacheRequest, why: ForwardReason, flight: Flight & { kind: 'failed' }): CachedAnswer {
    const entry = store.get(request.url)
    if (entry && policy().serveStale && mayServeOnError(entry.policy, request)) return hit(entry, 'stale-if-error')
    if (flight.answer) return forwarded(flight.answer, why)
    throw flight.error
  }

  const snapshot = () => ({ entries: store.size, bytes: store.calculatedSize ?? 0 })
  const meter = createCacheMeter(metrics, 'http')
  meter.observe(snapshot)

  return {
    async answer(request, fetch) {
      try {
        const answered = await answer(request, fetch)
        meter.count(cacheResult(answered.verdict))
        return answered
      } catch (error) {
        meter.count(bypassReason(request) ? 'bypass' : 'miss')
        throw error
      }
    },
    snapshot,
  }
}

function forwardReason(entry: Entry | undefined, request: CacheRequest): ForwardReason {
  if (!entry) return 'uri-miss'
  return answersRegardlessOfAge(entry.policy, request) ? 'stale' : 'vary-miss'
}

function revalidationHeaders(policy: CachePolicy, request: CacheRequest): Record<string, string> {
  // All are strings: the request's own, and validators of the stored answer.
  return policy.revalidationHeaders(request) as Record<string, string>
}

function hit(entry: Entry, detail?: 'stale-while-revalidate' | 'stale-if-error'): CachedAnswer {
  const verdict: Verdict = { kind: 'hit', ttlS: freshForS(entry.policy), ...(detail ? { detail } : {}) }
  return { answer: answerOf(entry), verdict }
}

/** The answer of a fetch for the request that made it. */
function ownFlight(flight: Exclude<Flight, { kind: 'failed' }>, why: ForwardReason): CachedAnswer {
  if (flight.kind === 'abandoned') throw flight.error
  if (flight.kind === 'unstored') return forwarded(flight.answer, why)
  return { answer: answerOf(flight.entry), verdict: verdictOf(flight, why, false) }
}

function verdictOf(flight: Flight & { kind: 'stored' }, why: ForwardReason, collapsed: boolean): Verdict {
  return { kind: 'forwarded', why, status: flight.status, stored: true, collapsed }
}

/** Who is logged in gets an answer of their own: nobody waits for it, and they wait for nobody's. */
function isShareable(request: CacheRequest): boolean {
  return request.headers.authorization === undefined
}

function forwarded(answer: OriginAnswer, why: ForwardReason): CachedAnswer {
  return { answer, verdict: { kind: 'forwarded', why, status: answer.status } }
}

/** The stored answer with its age, as it goes out. */
function answerOf({ policy, status, body }: Entry): OriginAnswer {
  // The policy holds the headers of an answer, in which nothing is undefined.
  return { status, headers: policy.responseHeaders() as OriginAnswer['headers'], body }
}
