// The handlers of the faults' API: what the book does, and whether the nodes have heard of it.
import { catalogue } from '../../../faults/catalogue.ts'
import type { HandlersOf } from '../../../services/kit/http/routes.ts'
import type { faultApi } from './contract.ts'
import { describeFault } from './describe-fault.ts'
import type { FaultBook } from './fault-book.ts'
import type { DatabaseServer } from './refusals.ts'

export type FaultHandlersDeps = {
  faults: FaultBook
  /** Of the cluster's databases. */
  servers: readonly DatabaseServer[]
  /** Sends changed documents; resolves to whether every node has applied them in time. */
  publish(): Promise<boolean>
}

export function faultHandlers({ faults, servers, publish }: FaultHandlersDeps): HandlersOf<typeof faultApi> {
  return {
    listCatalogue: () => ({ faults: catalogue.map((fault) => describeFault(fault, servers)) }),
    listFaults: () => ({ faults: faults.list() }),
    injectFault: async ({ body }) => {
      const injected = faults.inject(body)
      return { ...injected, applied: await publish() }
    },
    changeFault: async ({ params, body }) => {
      const changed = faults.change(params.id, body)
      return { ...changed, applied: await publish() }
    },
    clearFault: async ({ params }) => {
      faults.clear(params.id)
      return { cleared: [params.id], applied: await publish() }
    },
    clearFaults: async () => {
      const cleared = faults.clearAll()
      return { cleared, applied: cleared.length === 0 || (await publish()) }
    },
  }
}
