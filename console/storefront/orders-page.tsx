// The orders of this customer, newest first.
import { Link } from 'wouter'
import { formatDateTime } from '../shell/clock.ts'
import { Empty, Loading } from '../shell/notices.tsx'
import { useShop } from './shop-context.tsx'
import { ShopFailure } from './shop-failure.tsx'
import { formatPrice, type Order } from './shop-model.ts'
import { useShopData } from './use-shop-data.ts'

export function OrdersPage() {
  const { signedIn } = useShop()
  return signedIn ? <Orders /> : <NoOrders />
}

function Orders() {
  const { data, error, reload } = useShopData(
    'orders',
    'look at the orders',
    async (ask) => (await ask<{ items: Order[] }>('/orders')).body.items,
  )
  if (error && !data) return <ShopFailure error={error} what="The orders" onRetry={reload} />
  if (!data) return <Loading what="the orders" />
  if (data.length === 0) return <NoOrders />
  return (
    <div className="basket">
      <h1>Your orders</h1>
      <ul className="panel">
        {data.map((order) => (
          <li key={order.id} className="basket-item">
            <Link href={`/storefront/orders/${order.id}`} className="basket-name">
              {order.lines.map(({ name }) => name).join(', ') || order.id}
            </Link>
            <span className="badge">{order.status}</span>
            <span className="hint number">{formatDateTime(Date.parse(order.createdAt))}</span>
            <span className="number basket-price">{formatPrice(order.totalCents)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function NoOrders() {
  return (
    <Empty title="You have not ordered anything yet">
      <p>
        <Link href="/storefront">Look around</Link>; orders of this browser tab are listed here.
      </p>
    </Empty>
  )
}
