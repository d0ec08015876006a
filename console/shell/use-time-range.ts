// The shared time range and refresh interval, which stand in the address: a copied link shows the same.
import { createContext, useCallback, useContext, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { readRange, readRefresh, resolveRange, type TimeRange } from './time-range.ts'

/** How often the view that is shown is refreshed, in ms, when the address does not say; given by the shell, for the view and its header alike. */
export const StandardRefresh = createContext(0)

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
  const standardMs = useContext(StandardRefresh)
  const [params, setParams] = useSearchParams()
  const { from, to } = readRange(params)
  const refreshMs = readRefresh(params) ?? standardMs
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
