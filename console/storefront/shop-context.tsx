// The customer of this browser tab: region, session, basket, and the last thing they did with the trace that it left.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { SessionContext } from '../shell/session-context.ts'
import { askShop, type Customer, type ShopAnswer } from './shop-client.ts'
import { type Basket, type RegionId, regions } from './shop-model.ts'
import { isSessionEnded, withSession } from './shop-session.ts'
import { createTracing, type Tracing } from './tracing.ts'

export type LastAction = {
  what: string
  traceId: string
  durationMs: number
  servedBy: string | undefined
  error: string | undefined
}

/** Asks the shop within an action. */
export type Ask = <T>(path: string, question?: Parameters<typeof askShop>[3]) => Promise<ShopAnswer<T>>

export type Shop = {
  region: RegionId
  setRegion(region: RegionId): void
  signedIn: boolean
  /** The shop did not know the session any more; until the customer has taken note of it. */
  sessionEnded: boolean
  noteSessionEnd(): void
  basket: Basket
  setBasket(basket: Basket): void
  last: LastAction | undefined
  /**
   * Does something as one trace, whose root span is named `what`; rejects as `run` does.
   * What is `quiet` was not the customer's doing, and does not become the last thing they did; nor does what was given up by `signal`.
   */
  act<T>(what: string, run: (ask: Ask) => Promise<T>, options?: { quiet?: boolean; signal?: AbortSignal }): Promise<T>
  /** Runs what needs an account; whoever has none, or none any more, gets a guest's, made up here. See `withSession`. */
  asCustomer<T>(ask: Ask, run: (isNew: boolean) => Promise<T>): Promise<T>
}

const ShopContext = createContext<Shop | undefined>(undefined)

export function useShop(): Shop {
  const shop = useContext(ShopContext)
  if (!shop) throw new Error('the storefront is not around this')
  return shop
}

const KEY = 'faultline-shop'
/** A click this long ago is what an action began with. */
const CLICK_MS = 400

export function ShopProvider({ children }: { children: ReactNode }) {
  const session = useContext(SessionContext)
  const version = session.kind === 'signed-in' ? session.info.version : ''
  const tracing = useTracing(version)
  const customer = useRef<Customer>(readCustomer())
  const [region, showRegion] = useState(customer.current.region)
  const [signedIn, setSignedIn] = useState(customer.current.token !== undefined)
  const [sessionEnded, setSessionEnded] = useState(false)
  const [basket, setBasket] = useState<Basket>({ items: [] })
  const [last, setLast] = useState<LastAction | undefined>()
  const clickedAtMs = useLastClick()
  const change = useCallback((part: Partial<Customer>) => {
    customer.current = { ...customer.current, ...part }
    sessionStorage.setItem(KEY, JSON.stringify(customer.current))
  }, [])
  const forgetSession = useCallback(() => {
    // Where data has begun anew, what was written last was written to the old.
    change({ token: undefined, readAfter: undefined })
    setSignedIn(false)
    setSessionEnded(true)
    setBasket({ items: [] })
  }, [change])
  const act = useCallback<Shop['act']>(
    async (what, run, { quiet = false, signal } = {}) => {
      const startMs = quiet ? undefined : clickedAtMs()
      const began = performance.now()
      const action = tracing.start(
        what,
        { 'customer.region': customer.current.region, 'app.screen.name': location.pathname.split('/')[2] ?? 'browse' },
        startMs,
      )
      let servedBy: string | undefined
      const ask: Ask = async (path, question) => {
        const asking = customer.current
        const answer = await askShop<never>(action, asking, path, { ...(signal ? { signal } : {}), ...question }).catch(
          (error: unknown) => {
            // Answers to what was asked with the session before the present one come late, too.
            if (isSessionEnded(error) && asking.token === customer.current.token) forgetSession()
            throw error
          },
        )
        servedBy = answer.servedBy ?? servedBy
        if (answer.readAfter) change({ readAfter: answer.readAfter })
        return answer
      }
      const done = (error?: unknown) => {
        if (signal?.aborted) return action.end()
        action.end(error)
        if (quiet) return
        const text = isSessionEnded(error)
          ? 'the session has ended'
          : error instanceof Error
            ? error.message
            : undefined
        setLast({ what, traceId: action.traceId, durationMs: performance.now() - began, servedBy, error: text })
      }
      try {
        const value = await run(ask)
        done()
        return value
      } catch (error) {
        done(error)
        throw error
      }
    },
    [tracing, change, forgetSession, clickedAtMs],
  )
  const asCustomer = useCallback<Shop['asCustomer']>(
    (ask, run) => {
      const isOpen = () => customer.current.token !== undefined
      const begin = async () => {
        const account = guest(customer.current.region)
        const { body } = await ask<{ token: string }>('/users', { method: 'POST', body: account })
        change({ token: body.token })
        setSignedIn(true)
      }
      return withSession({ isOpen, begin }, run)
    },
    [change],
  )
  const noteSessionEnd = useCallback(() => setSessionEnded(false), [])
  const setRegion = useCallback(
    (next: RegionId) => {
      change({ region: next })
      showRegion(next)
    },
    [change],
  )
  const shop = useMemo(
    () => ({ region, setRegion, signedIn, sessionEnded, noteSessionEnd, basket, setBasket, last, act, asCustomer }),
    [region, setRegion, signedIn, sessionEnded, noteSessionEnd, basket, last, act, asCustomer],
  )
  return <ShopContext value={shop}>{children}</ShopContext>
}

/** Nobody's: enough for the shop to keep a basket and an order for. */
function guest(region: RegionId): object {
  const id = crypto.randomUUID()
  return { email: `guest-${id}@storefront.example`, password: crypto.randomUUID(), name: 'Guest', region }
}

function readCustomer(): Customer {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? '{}')
    const region = regions.find(({ id }) => id === stored.region)?.id ?? 'na'
    return { region, token: stored.token ?? undefined, readAfter: stored.readAfter ?? undefined }
  } catch {
    return { region: 'na', token: undefined, readAfter: undefined }
  }
}

/** One for the life of the page: it patches `fetch`, which must not happen twice. */
let tracing: Tracing | undefined
function useTracing(version: string): Tracing {
  tracing ??= createTracing(version)
  return tracing
}

/** When the latest click was, in ms since the epoch, if it was a moment ago; a click counts once. */
function useLastClick(): () => number | undefined {
  const at = useRef<number | undefined>(undefined)
  useEffect(() => {
    const onClick = (event: Event) => {
      at.current = event.timeStamp
    }
    for (const kind of ['click', 'submit', 'change']) addEventListener(kind, onClick, { capture: true })
    return () => {
      for (const kind of ['click', 'submit', 'change']) removeEventListener(kind, onClick, { capture: true })
    }
  }, [])
  return useCallback(() => {
    const clicked = at.current
    at.current = undefined
    if (clicked === undefined || performance.now() - clicked > CLICK_MS) return undefined
    return performance.timeOrigin + clicked
  }, [])
}
