// What the OpenAPI document of the shop's API says beside its endpoints.
import type { z } from 'zod'
import type { ApiAbout } from '../kit/http/openapi.ts'
import { Address, Basket, Checkout, Order } from '../orders/contract.ts'
import { Category, Product, ProductPage, ProductSummary } from '../products/contract.ts'
import { Recommendations } from '../recommendations/contract.ts'
import { LogIn, Session, SignUp, User } from '../users/contract.ts'

/** Schemas that the document names; all others stand where they are used. */
export const publicSchemas = {
  Address,
  Basket,
  Category,
  Checkout,
  LogIn,
  Order,
  Product,
  ProductPage,
  ProductSummary,
  Recommendations,
  Session,
  SignUp,
  User,
} satisfies Record<string, z.ZodType>

export const aboutShop: ApiAbout = {
  title: 'Faultline shop',
  description:
    'Errors are problem details (RFC 9457). Every answer names its trace in `traceresponse` and `x-trace-id`. ' +
    'A read that carries the `x-read-after` of a checkout sees that checkout’s effects.',
  schemas: publicSchemas,
  security: {
    name: 'session',
    scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The token of a session' },
    missing: 'There is no session, or it has expired',
  },
}
