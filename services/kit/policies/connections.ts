// How long a request waits for a connection to the database.
import { whole } from './setting.ts'

export const connections = {
  acquireTimeoutMs: whole({
    unit: 'ms',
    min: 1,
    max: 60_000,
    default: 2_000,
    kinds: ['users', 'products', 'orders', 'payments', 'fulfilment'],
    does: 'Longest wait for a connection of the pool; after that the request fails (503) instead of holding what it holds.',
    cures: ['pool-exhaustion'],
  }),
} as const
