// Routes of `fulfilment`: shipments, and the dead letters with the way back for each.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { notFound } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import type { Queue } from '../kit/queue/queue.ts'
import { DEAD_LETTER_QUEUE, fulfilmentApi, ORDER_CONFIRMED_QUEUE } from './contract.ts'
import type { FulfilmentStore } from './store.ts'

export type FulfilmentDeps = { store: FulfilmentStore; queue: Pick<Queue, 'deadLetters' | 'redeliver'>; log: Logger }

export function createApp({ store, queue, log }: FulfilmentDeps): Express {
  const routes = createRoutes(fulfilmentApi, {
    getShipment: async ({ params }) => {
      const shipment = await store.find(params.orderId)
      if (!shipment) throw notFound('a shipment of this order')
      return shipment
    },
    listDeadLetters: async ({ query }) => {
      const { items, total } = await queue.deadLetters(DEAD_LETTER_QUEUE, query.limit)
      return { items: items.map((item) => ({ ...item, deadAt: item.deadAt.toISOString() })), total }
    },
    redeliver: async ({ params }) => {
      const moved = await queue.redeliver(DEAD_LETTER_QUEUE, ORDER_CONFIRMED_QUEUE, params.messageId)
      if (!moved) throw notFound('a dead letter of this id')
      return { kind: 'redelivered' as const }
    },
  })
  return createServiceApp({ log, routes })
}
