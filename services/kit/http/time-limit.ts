// A part of a request that may take less than the request: an answer that is nice to have must not cost those that must be had.
import { currentScope, untilScopeEnds, withScope } from './deadline.ts'
import { ScopeEnded } from './request-scope.ts'

/**
 * Runs `work` under a scope of its own, which ends after `limitMs` or with the scope around it, whichever is first.
 * Rejects with `ScopeEnded` then; calls and queries inside are cancelled.
 */
export async function withTimeLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  const outer = currentScope()
  const limitAtMs = performance.now() + limitMs
  const abort = new AbortController()
  const passOn = () => abort.abort(outer?.signal.reason)
  if (outer?.signal.aborted) passOn()
  outer?.signal.addEventListener('abort', passOn, { once: true })
  const timer = setTimeout(() => abort.abort(new ScopeEnded('timeout')), limitMs)
  const deadlineAtMs = Math.min(limitAtMs, outer?.deadlineAtMs ?? limitAtMs)
  try {
    return await withScope({ deadlineAtMs, signal: abort.signal }, () => untilScopeEnds(work()))
  } finally {
    clearTimeout(timer)
    outer?.signal.removeEventListener('abort', passOn)
  }
}
