// Checkout: an address and one of the shop's test cards. The idempotency key lasts until an order has come of it.
import { type FormEvent, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Empty } from '../shell/notices.tsx'
import { ShopError } from './shop-client.ts'
import { useShop } from './shop-context.tsx'
import { asError, FormFailure } from './shop-failure.tsx'
import { type Order, testCards } from './shop-model.ts'

const fields = [
  { name: 'name', label: 'Name', value: 'Robin Example', max: 80 },
  { name: 'street', label: 'Street', value: '12 Ridge Street', max: 120 },
  { name: 'postalCode', label: 'Postal code', value: '97205', max: 20 },
  { name: 'city', label: 'City', value: 'Portland', max: 80 },
  { name: 'country', label: 'Country (two letters)', value: 'US', max: 2 },
] as const

export function CheckoutPage() {
  const { act, basket, setBasket } = useShop()
  const [, navigate] = useLocation()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>()
  const key = useRef(crypto.randomUUID())
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const address = Object.fromEntries(fields.map(({ name }) => [name, String(form.get(name) ?? '').trim()]))
    address['country'] = address['country']?.toUpperCase() ?? ''
    const card = {
      number: String(form.get('card')),
      expiryMonth: 12,
      expiryYear: new Date().getFullYear() + 3,
      cvc: '123',
    }
    setBusy(true)
    setError(undefined)
    try {
      const order = await act('check out', async (ask) => {
        const headers = { 'idempotency-key': key.current }
        return (await ask<Order>('/checkout', { method: 'POST', body: { card, address }, headers })).body
      })
      setBasket({ items: [] })
      navigate(`/storefront/orders/${order.id}`, { state: order })
    } catch (failure) {
      setError(asError(failure))
      // A refused order stays refused: another attempt is another order. Without an answer, the same key asks for the same one.
      if (failure instanceof ShopError && failure.status >= 400 && failure.status < 500)
        key.current = crypto.randomUUID()
    } finally {
      setBusy(false)
    }
  }
  if (basket.items.length === 0 && !busy) {
    return (
      <Empty title="There is nothing to check out">
        <p>
          <Link href="/storefront">Look around</Link> and put something into the basket.
        </p>
      </Empty>
    )
  }
  return (
    <form className="checkout panel" onSubmit={submit}>
      <h1>Check out</h1>
      {fields.map(({ name, label, value, max }) => (
        <label key={name} className={`checkout-${name}`}>
          {label}
          <input type="text" name={name} defaultValue={value} maxLength={max} required autoComplete="off" />
        </label>
      ))}
      <label className="checkout-card">
        Card
        <select name="card">
          {testCards.map(({ number, name }) => (
            <option key={number} value={number}>
              {name} (ends in {number.slice(-4)})
            </option>
          ))}
        </select>
      </label>
      <FormFailure error={error} />
      <button type="submit" className="button button-primary button-l" disabled={busy}>
        {busy ? 'Ordering …' : 'Order and pay'}
      </button>
    </form>
  )
}
