// The rows of each database, as the services' own tables want them. Past orders are as whole as new ones: each has its lines, one
// reservation, one charge and one shipment.
import type { Client } from 'pg'
import { buildCustomers, type Customer, DEMO_PASSWORD } from '../../services/load/customers.ts'
import { createPasswords } from '../../services/users/passwords.ts'
import { buildCatalogue, type SeedProduct, type SeedSize } from './catalogue.ts'
import { categories } from './categories.ts'
import { imageUrl } from './image-files.ts'
import { insertRows } from './insert-rows.ts'
import { buildPastOrders, type PastOrder } from './past-orders.ts'

export type Contents = {
  customers: Customer[]
  products: SeedProduct[]
  orders: PastOrder[]
  /** What the orders' ages are counted back from, in ms since 1970. */
  nowMs: number
}

export function buildContents(seed: number, size: SeedSize, nowMs: number): Contents {
  const customers = buildCustomers()
  const products = buildCatalogue(seed, size)
  return { customers, products, orders: buildPastOrders(seed, size, products, customers), nowMs }
}

/** Everybody has the same password, hashed once: five hundred hashes would take longer than the whole start. */
export async function fillUsers(client: Client, { customers }: Contents): Promise<void> {
  const password_hash = await createPasswords().hash(DEMO_PASSWORD)
  await insertRows(
    client,
    'users',
    customers.map(({ id, email, name, region }) => ({ id, email, name, region, password_hash })),
  )
}

export async function fillProducts(client: Client, { products, orders, nowMs }: Contents): Promise<void> {
  const sold = new Map<string, number>()
  for (const { product, quantity } of orders.flatMap((order) => order.lines)) {
    sold.set(product.id, (sold.get(product.id) ?? 0) + quantity)
  }
  await insertRows(
    client,
    'categories',
    categories.map(({ id, name }) => ({ id, name })),
  )
  await insertRows(
    client,
    'products',
    products.map((product) => ({
      id: product.id,
      name: product.name,
      category: product.categoryId,
      brand: product.brand,
      description: product.description,
      price_cents: product.priceCents,
      rating: product.rating,
      tags: product.tags,
      image_url: imageUrl(product.id),
      on_hand: product.stock + (sold.get(product.id) ?? 0),
      reserved: sold.get(product.id) ?? 0,
    })),
  )
  await insertRows(
    client,
    'reservations',
    orders.map((order) => ({ order_id: order.id, status: 'reserved', created_at: placedAt(order, nowMs) })),
  )
  await insertRows(client, 'reservation_lines', linesOf(orders))
}

export async function fillOrders(client: Client, { orders, nowMs }: Contents): Promise<void> {
  await insertRows(
    client,
    'orders',
    orders.map((order, index) => ({
      id: order.id,
      user_id: order.customer.id,
      idempotency_key: `past-order-${index + 1}`,
      fingerprint: 'past',
      address: order.customer.address,
      items: order.lines.map(({ product, quantity }) => ({ productId: product.id, quantity })),
      status: 'shipped',
      total_cents: order.totalCents,
      tracking_number: order.trackingNumber,
      lease_until: placedAt(order, nowMs),
      created_at: placedAt(order, nowMs),
    })),
  )
  await insertRows(client, 'order_lines', linesOf(orders))
}

export async function fillShipments(client: Client, { orders, nowMs }: Contents): Promise<void> {
  await insertRows(
    client,
    'fulfilment.shipments',
    orders.map((order) => ({
      order_id: order.id,
      tracking_number: order.trackingNumber,
      shipped_at: placedAt(order, nowMs),
    })),
  )
}

export async function fillPayments(client: Client, { orders, nowMs }: Contents): Promise<void> {
  await insertRows(
    client,
    'charges',
    orders.map((order) => ({
      order_id: order.id,
      charge_id: order.chargeId,
      status: 'charged',
      amount_cents: order.totalCents,
      currency: 'USD',
      card_brand: order.cardBrand,
      card_last4: order.cardLast4,
      created_at: placedAt(order, nowMs),
    })),
  )
}

function linesOf(orders: readonly PastOrder[]): Record<string, unknown>[] {
  return orders.flatMap((order) =>
    order.lines.map(({ product, quantity }) => ({
      order_id: order.id,
      product_id: product.id,
      name: product.name,
      quantity,
      unit_price_cents: product.priceCents,
    })),
  )
}

function placedAt(order: PastOrder, nowMs: number): string {
  return new Date(nowMs - order.ageMs).toISOString()
}
