// What a page of the storefront shows: asked for as an action of its own when the page opens or its question changes.
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Ask, useShop } from './shop-context.tsx'

export type ShopData<T> = { data: T | undefined; error: Error | undefined; reload(): void }

/** @param key of the question; the region is part of every question */
export function useShopData<T>(
  key: string,
  what: string,
  load: (ask: Ask) => Promise<T>,
  { quiet = false }: { quiet?: boolean } = {},
): ShopData<T> {
  const { act, region } = useShop()
  const [state, setState] = useState<{ key: string; data?: T; error?: Error }>({ key: '' })
  const [round, setRound] = useState(0)
  const latest = useRef(load)
  latest.current = load
  const whole = `${region} ${key}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: a round more is a reason to ask again
  useEffect(() => {
    let ended = false
    act(what, (ask) => latest.current(ask), { quiet }).then(
      (data) => ended || setState({ key: whole, data }),
      (error: Error) =>
        // What was shown stays when it is of the same question; of another one it would be untrue.
        ended || setState((before) => (before.key === whole ? { ...before, error } : { key: whole, error })),
    )
    return () => {
      ended = true
    }
  }, [whole, round, act, what, quiet])
  const reload = useCallback(() => setRound((before) => before + 1), [])
  return { data: state.data, error: state.key === whole ? state.error : undefined, reload }
}
