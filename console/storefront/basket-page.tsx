// The basket: how many of what, and what it comes to.
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { Empty, Loading } from '../shell/notices.tsx'
import { useShop } from './shop-context.tsx'
import { asError, FormFailure, ShopFailure } from './shop-failure.tsx'
import { type Basket, formatPrice, type Product } from './shop-model.ts'
import { useShopData } from './use-shop-data.ts'

const quantities = Array.from({ length: 20 }, (_, index) => index + 1)

export function BasketPage() {
  const { signedIn, basket } = useShop()
  if (signedIn && basket.items.length > 0) return <FilledBasket />
  return (
    <Empty title="Your basket is empty">
      <p>
        <Link href="/storefront">Look around</Link> and put something in.
      </p>
    </Empty>
  )
}

function FilledBasket() {
  const { basket, setBasket, act } = useShop()
  const products = useShopData('basket', 'look at the basket', async (ask) => {
    const asked = basket.items.map(async ({ productId }) => (await ask<Product>(`/products/${productId}`)).body)
    return new Map((await Promise.all(asked)).map((product) => [product.id, product]))
  })
  const { data: known, reload } = products
  // What was put in elsewhere may come late.
  const isUnknown = known !== undefined && basket.items.some(({ productId }) => !known.has(productId))
  useEffect(() => {
    if (isUnknown) reload()
  }, [isUnknown, reload])
  const [error, setError] = useState<Error | undefined>()
  const change = async (productId: string, quantity: number) => {
    setError(undefined)
    try {
      await act(quantity === 0 ? 'take out of basket' : 'change quantity', async (ask) => {
        const path = `/basket/items/${productId}`
        const { body } = await ask<Basket>(
          path,
          quantity === 0 ? { method: 'DELETE' } : { method: 'PUT', body: { quantity } },
        )
        setBasket(body)
      })
    } catch (failure) {
      setError(asError(failure))
    }
  }
  if (products.error && !products.data)
    return <ShopFailure error={products.error} what="The basket" onRetry={products.reload} />
  if (!products.data) return <Loading what="the basket" />
  const total = basket.items.reduce(
    (sum, { productId, quantity }) => sum + quantity * (products.data?.get(productId)?.priceCents ?? 0),
    0,
  )
  return (
    <div className="basket">
      <h1>Your basket</h1>
      <ul className="panel">
        {basket.items.map(({ productId, quantity }) => {
          const product = products.data?.get(productId)
          return (
            <li key={productId} className="basket-item">
              {product && <img src={`/shop${product.imageUrl}`} alt="" width="64" height="64" />}
              <Link href={`/storefront/p/${productId}`} className="basket-name">
                {product?.name ?? productId}
              </Link>
              <label>
                <span className="visually-hidden">How many of {product?.name ?? productId}</span>
                <select value={quantity} onChange={(event) => change(productId, Number(event.target.value))}>
                  {quantities.map((count) => (
                    <option key={count}>{count}</option>
                  ))}
                </select>
              </label>
              <span className="number basket-price">{formatPrice((product?.priceCents ?? 0) * quantity)}</span>
              <button
                type="button"
                className="icon-button"
                onClick={() => change(productId, 0)}
                aria-label={`Take ${product?.name ?? productId} out`}
              >
                ✕
              </button>
            </li>
          )
        })}
      </ul>
      <FormFailure error={error} />
      <p className="basket-total">
        Total <strong className="number">{formatPrice(total)}</strong>
        <Link className="button button-primary button-l" href="/storefront/checkout">
          Check out
        </Link>
      </p>
    </div>
  )
}
