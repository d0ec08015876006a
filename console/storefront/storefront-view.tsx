// Everything under /storefront: a small shop whose every click leaves a trace to look at.
import { useEffect, useRef } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { formatMicros } from '../shell/clock.ts'
import { Empty } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { useShortcut } from '../shell/shortcuts.tsx'
import './storefront.css'
import { BasketPage } from './basket-page.tsx'
import { BrowsePage } from './browse-page.tsx'
import { CheckoutPage } from './checkout-page.tsx'
import { OrderPage } from './order-page.tsx'
import { OrdersPage } from './orders-page.tsx'
import { ProductPage } from './product-page.tsx'
import { ShopProvider, useShop } from './shop-context.tsx'
import { type Basket, regions } from './shop-model.ts'

export function StorefrontView() {
  const has = useHas()
  if (!has.shop) {
    return (
      <Empty title="There is no shop behind this console">
        <p>
          It was started without <code>--shop</code>, the address of the frontdoor.
        </p>
      </Empty>
    )
  }
  return (
    <ShopProvider>
      <Storefront />
    </ShopProvider>
  )
}

function Storefront() {
  return (
    <div className="shop">
      <ShopBar />
      <div className="shop-page">
        <SessionNote />
        <Switch>
          <Route path="/storefront" component={BrowsePage} />
          <Route path="/storefront/basket" component={BasketPage} />
          <Route path="/storefront/checkout" component={CheckoutPage} />
          <Route path="/storefront/orders" component={OrdersPage} />
          <Route path="/storefront/orders/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
          <Route path="/storefront/p/:id">{({ id }) => <ProductPage key={id} id={id} />}</Route>
        </Switch>
      </div>
      <LastActionBar />
    </div>
  )
}

function ShopBar() {
  const { region, setRegion, basket, setBasket, signedIn, act } = useShop()
  const [, navigate] = useLocation()
  const search = useRef<HTMLInputElement>(null)
  /** A session from before has a basket; one that begins here has what is put into it. */
  const isRestored = useRef(signedIn).current
  useShortcut('/', 'Search the shop', () => search.current?.focus())
  useEffect(() => {
    if (!isRestored) return
    act('look at the basket', (ask) => ask<Basket>('/basket'), { quiet: true }).then(
      ({ body }) => setBasket(body),
      () => undefined,
    )
  }, [isRestored, act, setBasket])
  const count = basket.items.reduce((sum, { quantity }) => sum + quantity, 0)
  return (
    <div className="shop-bar">
      <Link href="/storefront" className="shop-name">
        Subduction<span> &amp; Daughters</span>
      </Link>
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const q = search.current?.value.trim()
            navigate(q ? `/storefront?q=${encodeURIComponent(q)}` : '/storefront')
          }}
        >
          <input
            ref={search}
            type="search"
            placeholder="Search for lamps, kettles, tents …"
            aria-label="Search the shop"
            maxLength={80}
          />
        </form>
      </search>
      <label className="region">
        <span>You are in</span>
        {/* The options are the regions. */}
        <select
          aria-label="You are in"
          value={region}
          onChange={(event) => setRegion(event.target.value as typeof region)}
        >
          {regions.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Link href="/storefront/orders" className="shop-link">
        Orders
      </Link>
      <Link href="/storefront/basket" className="shop-link basket-link">
        Basket
        <span className="basket-count number">{count}</span>
      </Link>
    </div>
  )
}

/** What is gone is said where the customer is: the session ends at whatever they happen to do. */
function SessionNote() {
  const { sessionEnded, noteSessionEnd } = useShop()
  if (!sessionEnded) return null
  return (
    <div className="session-note panel" role="status">
      <p>
        Your session has ended, and with it its basket and the view of its orders. What you put in now begins a new one.
      </p>
      <button type="button" className="icon-button" aria-label="Close the note" onClick={noteSessionEnd}>
        ✕
      </button>
    </div>
  )
}

/** What was done last, and the way to its trace. */
function LastActionBar() {
  const { last } = useShop()
  if (!last) return null
  return (
    <div className="last-action" role="status">
      <span className={last.error ? 'dot tone-error' : 'dot tone-ok'} aria-hidden="true" />
      <span className="last-what">
        {last.what}
        {last.error ? `: ${last.error}` : ''}
      </span>
      <span className="number">{formatMicros(last.durationMs * 1000)}</span>
      {last.servedBy && <span className="last-region">served by {last.servedBy}</span>}
      <Link className="button button-primary" href={`/traces/${last.traceId}?fresh=1`}>
        See this request
      </Link>
    </div>
  )
}
