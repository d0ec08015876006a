// Data of a view: loaded when its key changes, again at an interval, and not at all while nobody looks.
import { useCallback, useEffect, useRef, useState } from 'react'
import { isAway } from './away.ts'
import { Loader } from './loader.ts'

/** How often whoever is away is asked again where nothing else asks. */
const RETRY_MS = 5_000

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
 * @param key what the data is of; undefined loads nothing. Another key cancels what is loaded, and throws away what was.
 * @param intervalMs 0 or undefined: only when asked to, and while whoever is asked is away. A load that takes longer is not cancelled: the interval's end is left out.
 * @param moment a reason to load again when it changes, as the end of the interval is
 */
export function useLoad<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  intervalMs?: number,
  moment?: number,
): Loaded<T> {
  const [state, setState] = useState<State<T>>({ key: undefined, data: undefined, error: undefined, loading: false })
  const latest = useRef(load)
  latest.current = load
  const loader = useRef<Loader<T>>(undefined)
  useEffect(() => {
    if (key === undefined) return
    const own = new Loader<T>(
      (signal) => latest.current(signal),
      (report) =>
        setState((before) => {
          const kept = before.key === key ? before : { key, data: undefined, error: undefined, loading: false }
          if (report.kind === 'started') return { ...kept, loading: true }
          if (report.kind === 'failed') return { ...kept, error: report.error, loading: false }
          return { key, data: report.data, error: undefined, loading: false }
        }),
    )
    loader.current = own
    own.refresh()
    return () => {
      own.close()
      loader.current = undefined
    }
  }, [key])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another moment is a reason to load again
  useEffect(() => loader.current?.refresh(), [moment])
  const everyMs = intervalMs || (state.error && isAway(state.error) ? RETRY_MS : 0)
  useEffect(() => {
    if (everyMs === 0) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') loader.current?.refresh()
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  const reload = useCallback(() => loader.current?.reload(), [])
  const current = state.key === key
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: key !== undefined && (!current || state.loading),
    reload,
  }
}
