// One order on its way: pending, confirmed, shipped. Looked at again until it has arrived somewhere.
import { useEffect } from 'react'
import { useHistoryState } from 'wouter/use-browser-location'
import { Loading } from '../shell/notices.tsx'
import { ShopFailure } from './shop-failure.tsx'
import { formatPrice, type Order, refusalText, stepOf, steps } from './shop-model.ts'
import { useShopData } from './use-shop-data.ts'

const AGAIN_MS = 2_000

export function OrderPage({ id }: { id: string }) {
  const path = `/orders/${encodeURIComponent(id)}`
  // Who comes from the checkout brings its answer, and the request to look at stays that one.
  const placed = useHistoryState<Order | null>()
  const {
    data: order,
    error,
    reload,
  } = useShopData(id, 'look at the order', async (ask) => (await ask<Order>(path)).body, {
    known: placed?.id === id ? placed : undefined,
  })
  const moving = order !== undefined && order.status !== 'refused' && order.status !== 'shipped'
  useEffect(() => {
    if (!moving) return
    const timer = setInterval(reload, AGAIN_MS)
    return () => clearInterval(timer)
  }, [moving, reload])
  if (error && !order) return <ShopFailure error={error} what="The order" onRetry={reload} />
  if (!order) return <Loading what="the order" />
  const reached = stepOf(order.status)
  return (
    <article className="order panel">
      <h1>{order.status === 'refused' ? 'The order was refused' : 'Thank you'}</h1>
      <p className="hint">
        Order <code>{order.id}</code>
      </p>
      {order.status === 'refused' ? (
        <p className="fault">{refusalText(order.refusal ?? '')}</p>
      ) : (
        <ol className="order-steps" aria-label={`Status: ${order.status}`}>
          {steps.map((step, index) => (
            <li
              key={step}
              className={index <= reached ? 'done' : ''}
              aria-current={index === reached ? 'step' : undefined}
            >
              {step}
            </li>
          ))}
        </ol>
      )}
      {order.status === 'payment_pending' && (
        <p className="hint">
          Payment pending: the card is authorised and the stock is kept; it is charged once, without your doing.
        </p>
      )}
      {order.trackingNumber && (
        <p>
          Tracking number <code>{order.trackingNumber}</code>
        </p>
      )}
      <ul className="order-lines">
        {order.lines.map(({ productId, name, quantity, unitPriceCents }) => (
          <li key={productId}>
            <span>
              {quantity} × {name}
            </span>
            <span className="number">{formatPrice(quantity * unitPriceCents)}</span>
          </li>
        ))}
        <li className="order-total">
          <span>Total</span>
          <strong className="number">{formatPrice(order.totalCents)}</strong>
        </li>
      </ul>
    </article>
  )
}
