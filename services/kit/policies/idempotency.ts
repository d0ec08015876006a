// Whether doing the same thing twice has the effect of doing it once.
import { onOff } from './setting.ts'

export const idempotency = {
  idempotency: onOff({
    default: true,
    kinds: ['orders', 'payments', 'fulfilment'],
    does: 'Recognises what was done before: the same key orders once, an order is charged once and shipped once. When off, every repetition takes effect.',
    cures: ['duplicate-delivery'],
  }),
} as const
