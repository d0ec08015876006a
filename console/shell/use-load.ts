// Data of a view: loaded when its key changes, again at an interval, and not at all while nobody looks.
import { useCallback, useEffect, useRef, useState } from 'react'

export type Loaded<T> = {
  /** The last that there was, also while it is loaded again. */
  data: T | undefined
  /** Of the last attempt. */
  error: Error | undefined
  loading: boolean
  reload(): void
}

type State<T> = { key: string | undefined; data: T | undefined; error: Error | undefined; loading: boolean }

/**
 * @param key what the data is of; undefined loads nothing. What is loaded for another key is thrown away.
 * @param intervalMs 0 or undefined: only when asked to
 */
export function useLoad<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  intervalMs?: number,
): Loaded<T> {
  const [state, setState] = useState<State<T>>({ key: undefined, data: undefined, error: undefined, loading: false })
  const [round, setRound] = useState(0)
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: a round more is a reason to load again
  useEffect(() => {
    if (key === undefined) return
    const abort = new AbortController()
    const ended = (next: Partial<State<T>>) => {
      if (!abort.signal.aborted) setState((before) => ({ ...before, ...next, key, loading: false }))
    }
    setState((before) =>
      before.key === key ? { ...before, loading: true } : { key, data: undefined, error: undefined, loading: true },
    )
    latest.current(abort.signal).then(
      (data) => ended({ data, error: undefined }),
      (error: unknown) => ended({ error: error instanceof Error ? error : new Error(String(error)) }),
    )
    return () => abort.abort()
  }, [key, round])
  useEffect(() => {
    if (!intervalMs) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setRound((before) => before + 1)
    }, intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  const reload = useCallback(() => setRound((before) => before + 1), [])
  const current = state.key === key
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: key !== undefined && (!current || state.loading),
    reload,
  }
}
