// A part of the address that changes many times a second, such as a zoom. Browsers refuse so many changes of an address: what is shown
// changes at once, and the address, without a new entry in the history, when it has been still for a moment.
import { useCallback, useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'wouter'

const STILL_MS = 250

/** The text of a parameter, empty when it is not there, and what changes it. */
export function useSettledParam(name: string): [string, (change: (before: string) => string) => void] {
  const [params, setParams] = useSearchParams()
  const settled = params.get(name) ?? ''
  const [draft, setDraft] = useState<string | undefined>()
  const latest = useRef(settled)
  latest.current = settled
  useEffect(() => {
    if (draft === undefined) return
    const timer = setTimeout(() => {
      setParams((before) => withParam(before, name, draft), { replace: true })
      setDraft(undefined)
    }, STILL_MS)
    return () => clearTimeout(timer)
  }, [draft, name, setParams])
  const set = useCallback(
    (change: (before: string) => string) =>
      setDraft((draft) => {
        const before = draft ?? latest.current
        const next = change(before)
        return next === before ? draft : next
      }),
    [],
  )
  return [draft ?? settled, set]
}

/** The parameters with one of them set, or without it when it is empty. */
export function withParam(params: URLSearchParams, name: string, value: string | undefined): URLSearchParams {
  if (value) params.set(name, value)
  else params.delete(name)
  return params
}
