// The injection points "policies" and "offered load": what becomes of a control document under the faults that it tells of. Pure.
import { findFault } from '../../../faults/catalogue.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import type { ControlDocument } from '../control/document.ts'

/** `forMs`: after that it is to be made again. */
export type Changed = { document: ControlDocument; forMs: number | undefined }

/** The document itself, when nothing is active. @param sinceMs how long a fault has been active */
export function underFaults(document: ControlDocument, sinceMs: (fault: ActiveFault) => number): Changed {
  if (document.faults.length === 0) return { document, forMs: undefined }
  const withPolicies = document.faults.reduce(bringPolicies, document)
  return document.faults.reduce((changed, fault) => changeLoad(changed, fault, sinceMs(fault)), {
    document: withPolicies,
    forMs: undefined,
  } as Changed)
}

function bringPolicies(document: ControlDocument, { policies }: ActiveFault): ControlDocument {
  if (!policies) return document
  const calls = Object.entries(policies.calls).map(([callee, values]) => [
    callee,
    Object.assign({}, document.policies[callee], values),
  ])
  return {
    ...document,
    policies: { ...document.policies, ...Object.fromEntries(calls) },
    policy: Object.assign({}, document.policy, policies.kind),
  }
}

/** Only who is told to offer a load does so. */
function changeLoad({ document, forMs }: Changed, active: ActiveFault, sinceMs: number): Changed {
  const { requestsPerSecond } = document.settings
  const decide = active.bystander ? undefined : findFault(active.fault)?.acts.offered
  if (!decide || typeof requestsPerSecond !== 'number') return { document, forMs }
  const verdict = decide({ requestsPerSecond, sinceMs }, active.parameters)
  const settings = { ...document.settings, requestsPerSecond: verdict.requestsPerSecond }
  const waits = [forMs, verdict.forMs].filter((waitMs) => waitMs !== undefined)
  return { document: { ...document, settings }, forMs: waits.length === 0 ? undefined : Math.min(...waits) }
}
