// Members of the ledger that are to go are removed by its leader while they still run: without them there might be no majority to do it.
import type { ControlPlane } from '../control-plane/control-plane.ts'

/** As services/ledger/main.ts says it when it is not ready for this reason. */
const LEFT = 'left the ledger'
const TIMEOUT_MS = 15_000

/**
 * Runs `retire` once the nodes say that they have left. One that is dead or frozen cannot say so: it is waited for in vain, while the leader
 * removes it all the same.
 */
export async function leaveLedger(
  controlPlane: ControlPlane,
  ids: readonly string[],
  retire: () => Promise<unknown>,
): Promise<void> {
  if (ids.length === 0) return
  controlPlane.setLeaving(ids)
  try {
    await haveLeft(controlPlane, ids)
    await retire()
  } finally {
    controlPlane.setLeaving([])
  }
}

function haveLeft({ registry, onChange }: ControlPlane, ids: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      unsubscribe()
      resolve()
    }
    const check = () => {
      if (ids.every((id) => registry.get(id)?.reason === LEFT)) finish()
    }
    const timer = setTimeout(finish, TIMEOUT_MS)
    const unsubscribe = onChange(check)
    check()
  })
}
