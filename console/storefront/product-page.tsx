// One product: picture, price, stock, what goes with it, and the way into the basket.
import { useState } from 'react'
import { Link } from 'wouter'
import { Loading } from '../shell/notices.tsx'
import { ProductCard, Rating } from './product-card.tsx'
import { useShop } from './shop-context.tsx'
import { asError, FormFailure, ShopFailure } from './shop-failure.tsx'
import { type Basket, formatPrice, type Product, type ProductSummary } from './shop-model.ts'
import { useShopData } from './use-shop-data.ts'

const MAX_QUANTITY = 20

export function ProductPage({ id }: { id: string }) {
  const { data, error, reload } = useShopData(id, 'open product', async (ask) => {
    const product = ask<Product>(`/products/${encodeURIComponent(id)}`)
    // What goes with it is a pleasure, not a need.
    const beside = ask<{ items: ProductSummary[] }>(
      `/products/${encodeURIComponent(id)}/recommendations?limit=4`,
    ).catch(() => undefined)
    return { product: (await product).body, beside: (await beside)?.body.items ?? [] }
  })
  if (error && !data) return <ShopFailure error={error} what="The product" onRetry={reload} />
  if (!data) return <Loading what="the product" />
  const { product, beside } = data
  return (
    <article className="product-page">
      <img src={`/shop${product.imageUrl}`} alt={product.name} width="400" height="400" />
      <div className="product-about">
        <p className="product-brand">{product.brand}</p>
        <h1>{product.name.replace(`${product.brand} `, '')}</h1>
        <p className="product-price">
          <strong className="number">{formatPrice(product.priceCents)}</strong> <Rating value={product.rating} />
        </p>
        <p>{product.description}</p>
        <AddToBasket product={product} />
        <p className="hint">{product.stock > 0 ? `${product.stock} in stock` : 'Out of stock'}</p>
      </div>
      {beside.length > 0 && (
        <section className="beside">
          <h2>Goes well with it</h2>
          <ul className="products">
            {beside.map((each) => (
              <ProductCard key={each.id} product={each} />
            ))}
          </ul>
        </section>
      )}
    </article>
  )
}

function AddToBasket({ product }: { product: Product }) {
  const { act, basket, setBasket, asCustomer } = useShop()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>()
  const inBasket = basket.items.find(({ productId }) => productId === product.id)?.quantity ?? 0
  const add = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await act('add to basket', async (ask) => {
        const { body } = await asCustomer(ask, (isNew) => {
          const quantity = isNew ? 1 : inBasket + 1
          return ask<Basket>(`/basket/items/${product.id}`, { method: 'PUT', body: { quantity } })
        })
        setBasket(body)
      })
    } catch (failure) {
      setError(asError(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="add">
      <button
        type="button"
        className="button button-primary button-l"
        onClick={add}
        disabled={busy || product.stock === 0 || inBasket >= MAX_QUANTITY}
      >
        {busy ? 'Adding …' : inBasket > 0 ? `Add another (${inBasket} in the basket)` : 'Add to basket'}
      </button>
      {inBasket > 0 && (
        <Link className="button button-l" href="/storefront/basket">
          To the basket
        </Link>
      )}
      <FormFailure error={error} />
    </div>
  )
}
