// The shop's public API, as customers see it at the frontdoor. The OpenAPI document is generated from this table.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { Basket, Checkout, IdempotencyKey, Order, OrderId } from '../orders/contract.ts'
import { Category, Product, ProductId, ProductPage, ProductQuery, ReadAfter } from '../products/contract.ts'
import { Recommendations } from '../recommendations/contract.ts'
import { LogIn, Session, SignUp, User } from '../users/contract.ts'

const ReadAfterHeader = z.object({ 'x-read-after': ReadAfter.optional() })
const ProductParams = z.object({ productId: ProductId })

export const gatewayApi = defineApi({
  browse: {
    method: 'GET',
    path: '/api/products',
    summary: 'Browse the catalogue',
    query: ProductQuery.omit({ search: true }),
    headers: ReadAfterHeader,
    response: ProductPage,
  },
  search: {
    method: 'GET',
    path: '/api/search',
    summary: 'Search the catalogue',
    query: ProductQuery.omit({ search: true }).extend({ q: z.string().trim().min(1).max(80) }),
    headers: ReadAfterHeader,
    response: ProductPage,
  },
  categories: {
    method: 'GET',
    path: '/api/categories',
    summary: 'All categories',
    response: z.object({ items: z.array(Category) }),
  },
  product: {
    method: 'GET',
    path: '/api/products/:productId',
    summary: 'One product with its stock; `imageUrl` is served by the same host',
    params: ProductParams,
    headers: ReadAfterHeader,
    response: Product,
    otherResponses: { 404: 'No such product' },
  },
  recommendations: {
    method: 'GET',
    path: '/api/products/:productId/recommendations',
    summary: 'Products that go with a product',
    params: ProductParams,
    query: z.object({ limit: z.coerce.number().int().min(1).max(12).default(4) }),
    response: Recommendations,
    otherResponses: { 404: 'No such product' },
  },
  signUp: {
    method: 'POST',
    path: '/api/users',
    summary: 'Create an account and a session for it',
    body: SignUp,
    response: Session,
    status: 201,
    otherResponses: { 409: 'The email address has an account already' },
  },
  logIn: {
    method: 'POST',
    path: '/api/sessions',
    summary: 'Log in',
    body: LogIn,
    response: Session,
    status: 201,
    otherResponses: { 401: 'Unknown email address or wrong password' },
  },
  me: { method: 'GET', path: '/api/me', summary: 'The customer of this session', response: User, authenticated: true },
  basket: { method: 'GET', path: '/api/basket', summary: 'The basket', response: Basket, authenticated: true },
  putBasketItem: {
    method: 'PUT',
    path: '/api/basket/items/:productId',
    summary: 'Set how many of a product are in the basket',
    params: ProductParams,
    body: z.object({ quantity: z.int().min(1).max(20) }),
    response: Basket,
    authenticated: true,
    otherResponses: { 404: 'No such product', 409: 'The basket is full' },
  },
  deleteBasketItem: {
    method: 'DELETE',
    path: '/api/basket/items/:productId',
    summary: 'Take a product out of the basket',
    params: ProductParams,
    response: Basket,
    authenticated: true,
  },
  checkout: {
    method: 'POST',
    path: '/api/checkout',
    summary: 'Order the basket; repeating it with the same Idempotency-Key returns the same order',
    headers: z.object({ 'idempotency-key': IdempotencyKey }),
    body: Checkout,
    response: Order,
    status: 201,
    idempotent: true,
    authenticated: true,
    otherResponses: {
      202: 'Accepted: the payment is pending, or the outcome is not known yet. Ask for the order, or repeat with the same key',
      402: 'The card was declined',
      409: 'The basket is empty, or a product is out of stock',
      422: 'The idempotency key was used with another address',
    },
  },
  orders: {
    method: 'GET',
    path: '/api/orders',
    summary: 'Your orders, newest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(50).default(20) }),
    response: z.object({ items: z.array(Order) }),
    authenticated: true,
  },
  order: {
    method: 'GET',
    path: '/api/orders/:orderId',
    summary: 'One of your orders',
    params: z.object({ orderId: OrderId }),
    response: Order,
    authenticated: true,
    otherResponses: { 404: 'No such order of yours' },
  },
})
