// What a page of the storefront shows: asked for as an action of its own when the page opens or its question changes.
import { useCallback, useEffect, useRef, useState } from 'react'
import { Loader } from '../shell/loader.ts'
import { type Ask, useShop } from './shop-context.tsx'

export type ShopData<T> = {
  data: T | undefined
  error: Error | undefined
  /** Asks again, unless the answer is being waited for. Quiet while the page shows one: only what is missing was the customer's wish. */
  reload(): void
}

/**
 * @param key of the question; the region is part of every question. Another question gives up the one before.
 * @param known what to show at first, where the answer is known already: it is asked for only by `reload`
 */
export function useShopData<T>(
  key: string,
  what: string,
  load: (ask: Ask) => Promise<T>,
  { known }: { known?: T | undefined } = {},
): ShopData<T> {
  const { act, region } = useShop()
  const whole = `${region} ${key}`
  const [state, setState] = useState<{ key: string; data?: T; error?: Error }>(
    known === undefined ? { key: '' } : { key: whole, data: known },
  )
  const latest = useRef(load)
  latest.current = load
  /** The question whose answer is shown. */
  const shown = useRef(known === undefined ? undefined : whole)
  const loader = useRef<Loader<T>>(undefined)
  useEffect(() => {
    const own = new Loader<T>(
      (signal) => act(what, (ask) => latest.current(ask), { signal, quiet: shown.current === whole }),
      (report) => {
        if (report.kind === 'loaded') {
          shown.current = whole
          setState({ key: whole, data: report.data })
        } else if (report.kind === 'failed') {
          const { error } = report
          // What was shown stays when it is of the same question; of another one it would be untrue.
          setState((before) => (before.key === whole ? { ...before, error } : { key: whole, error }))
        }
      },
    )
    loader.current = own
    if (shown.current !== whole) {
      shown.current = undefined
      own.refresh()
    }
    return () => {
      own.close()
      loader.current = undefined
    }
  }, [whole, act, what])
  const reload = useCallback(() => loader.current?.refresh(), [])
  return { data: state.data, error: state.key === whole ? state.error : undefined, reload }
}
