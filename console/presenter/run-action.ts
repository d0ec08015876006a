// Does what a step says.
import { setLoad } from '../control/cluster-status.ts'
import { clearFaults, injectFault } from '../control/faults.ts'
import { resetPolicies, setPolicy } from '../control/policies.ts'
import type { StepAction } from './script-schema.ts'

/** Rejects with what the control plane says when it refuses. */
export async function runAction(action: StepAction): Promise<void> {
  switch (action.do) {
    case 'inject': {
      const { do: _do, target, from, to, ...rest } = action
      await injectFault({ ...rest, ...(target ? { target } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) })
      return
    }
    case 'policies':
      for (const { name, value, caller, callee, kind } of action.changes) {
        await setPolicy(name, value, {
          ...(caller ? { caller } : {}),
          ...(callee ? { callee } : {}),
          ...(kind ? { kind } : {}),
        })
      }
      return
    case 'load':
      await setLoad(action.requestsPerSecond)
      return
    case 'restore':
      await clearFaults()
      await resetPolicies()
      return
  }
}
