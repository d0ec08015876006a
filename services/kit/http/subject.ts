// Whom and what a request is about, by the path that names it: attributes of its server span, from before anything is done for it, so
// that a request that fails early has them, too. Ids stand on spans only, never on labels.
import type { IncomingMessage } from 'node:http'
import { trace } from '@opentelemetry/api'

const product = /\/(?:products|items|bought-together)\/(p-[\w-]{1,32})(?:[/?]|$)/
const user = /\/(?:users|baskets)\/([\da-f-]{36})(?:[/?]|$)/

export function noteSubject({ url = '' }: IncomingMessage): void {
  const productId = product.exec(url)?.[1]
  const userId = user.exec(url)?.[1]
  if (productId) trace.getActiveSpan()?.setAttribute('faultline.product.id', productId)
  if (userId) trace.getActiveSpan()?.setAttribute('faultline.user.id', userId)
}
