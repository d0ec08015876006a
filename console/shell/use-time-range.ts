// The shared time range and refresh interval, which stand in the address: a copied link shows the same.
import { useCallback, useMemo } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { readRange, readRefresh, resolveRange, type TimeRange } from './time-range.ts'
import { standardRefreshMs } from './views.ts'

export type SharedTime = {
  range: TimeRange
  /** 0: only when asked to. */
  refreshMs: number
  /** Start and end in ms, as of now. */
  resolve(): { startMs: number; endMs: number }
  setRange(range: TimeRange): void
  setRefresh(ms: number): void
}

/** Of the address, else of the view that it shows. */
export function useTimeRange(): SharedTime {
  const [path] = useLocation()
  const [params, setParams] = useSearchParams()
  const { from, to } = readRange(params)
  const refreshMs = readRefresh(params) ?? standardRefreshMs(path)
  const range = useMemo(() => ({ from, to }), [from, to])
  const resolve = useCallback(() => resolveRange(range, Date.now()), [range])
  const setRange = useCallback(
    (next: TimeRange) =>
      setParams((before) => {
        before.set('from', next.from)
        before.set('to', next.to)
        return before
      }),
    [setParams],
  )
  const setRefresh = useCallback(
    (ms: number) =>
      setParams(
        (before) => {
          before.set('refresh', String(ms))
          return before
        },
        { replace: true },
      ),
    [setParams],
  )
  return { range, refreshMs, resolve, setRange, setRefresh }
}
