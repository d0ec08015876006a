// The catalogue: categories, sorting, pages, and what a search found.
import { Link, useSearchParams } from 'wouter'
import { Empty, Loading } from '../shell/notices.tsx'
import { ProductCard } from './product-card.tsx'
import { ShopFailure } from './shop-failure.tsx'
import { browsePath, type Category, type ProductPage, pageSize, readBrowse, sorts } from './shop-model.ts'
import { useShopData } from './use-shop-data.ts'

export function BrowsePage() {
  const [params, setParams] = useSearchParams()
  const browse = readBrowse(params)
  const path = browsePath(browse)
  const what = browse.q ? 'search' : 'browse'
  const { data, error, reload } = useShopData(path, what, async (ask) => {
    const [page, categories] = await Promise.all([ask<ProductPage>(path), ask<{ items: Category[] }>('/categories')])
    return { page: page.body, categories: categories.body.items }
  })
  if (error && !data) return <ShopFailure error={error} what="The catalogue" onRetry={reload} />
  if (!data) return <Loading what="the catalogue" />
  const { page, categories } = data
  const at = (offset: number) => {
    const next = new URLSearchParams(params)
    next.set('offset', String(offset))
    return `/storefront?${next}`
  }
  return (
    <div className="browse">
      <nav className="categories" aria-label="Categories">
        <Link href="/storefront" aria-current={browse.category === '' && !browse.q ? 'page' : undefined}>
          Everything
        </Link>
        {categories.map(({ id, name }) => (
          <Link
            key={id}
            href={`/storefront?category=${encodeURIComponent(id)}`}
            aria-current={browse.category === id ? 'page' : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      <div className="browse-head">
        <h1>
          {browse.q ? `“${browse.q}”` : (categories.find(({ id }) => id === browse.category)?.name ?? 'Everything')}
        </h1>
        <span className="hint">{page.total} products</span>
        <label className="inline browse-sort">
          <span className="visually-hidden">Sort</span>
          <select
            value={browse.sort}
            onChange={(event) =>
              setParams((before) => {
                before.set('sort', event.target.value)
                before.delete('offset')
                return before
              })
            }
          >
            {sorts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {page.items.length === 0 ? (
        <Empty title="Nothing was found">
          <p>Try another word, or look through a category.</p>
        </Empty>
      ) : (
        <ul className="products">
          {page.items.map((product) => (
            <ProductCard key={product.id} product={product} />
          ))}
        </ul>
      )}
      {page.total > pageSize && (
        <nav className="pages" aria-label="Pages">
          {browse.offset > 0 && (
            <Link className="button" href={at(Math.max(0, browse.offset - pageSize))}>
              ← Previous
            </Link>
          )}
          <span className="number hint">
            {browse.offset + 1}–{Math.min(page.total, browse.offset + page.items.length)} of {page.total}
          </span>
          {browse.offset + pageSize < page.total && (
            <Link className="button" href={at(browse.offset + pageSize)}>
              Next →
            </Link>
          )}
        </nav>
      )}
    </div>
  )
}
