// A product in a list.
import { Link } from 'wouter'
import { formatPrice, type ProductSummary } from './shop-model.ts'

export function ProductCard({
  product: { id, name, brand, priceCents, rating, imageUrl },
}: {
  product: ProductSummary
}) {
  return (
    <li>
      <Link href={`/storefront/p/${id}`} className="product">
        <img src={`/shop${imageUrl}`} alt="" loading="lazy" width="400" height="400" />
        <span className="product-brand">{brand}</span>
        <span className="product-name">{name.replace(`${brand} `, '')}</span>
        <span className="product-foot">
          <strong className="number">{formatPrice(priceCents)}</strong>
          <Rating value={rating} />
        </span>
      </Link>
    </li>
  )
}

export function Rating({ value }: { value: number }) {
  return (
    <span className="rating number">
      <span aria-hidden="true">★</span> {value.toFixed(1)}
      <span className="visually-hidden"> of 5</span>
    </span>
  )
}
