// Sends requests at a steady rate, whatever becomes of them: a crawler, or a neighbour without manners.
import type { Effect } from '../process-faults.ts'

const EVERY_MS = 25
/** Beyond so many under way it holds back: it shall take the shop's capacity, not this machine's memory. */
const MAX_UNDER_WAY = 500

export function flood(
  { callee, perS, paths }: { callee: string; perS: number; paths: readonly string[] },
  { surroundings }: Effect,
): () => void {
  const caller = surroundings.caller(callee)
  let owed = 0
  let sent = 0
  let underWay = 0
  let lastMs = performance.now()
  const timer = setInterval(() => {
    // Only who knows the callee can flood it.
    if (caller.snapshot().replicas.length === 0) return
    const nowMs = performance.now()
    // A second at most: what a blocked process has missed, it does not make up for.
    owed = Math.min(owed + ((nowMs - lastMs) / 1_000) * perS, perS)
    lastMs = nowMs
    for (; owed >= 1 && underWay < MAX_UNDER_WAY; owed--) {
      const path = paths[sent++ % paths.length] ?? '/'
      underWay += 1
      caller
        .call({ method: 'GET', path, route: path.split('?')[0] ?? path, headers: {}, idempotent: false })
        .catch(() => undefined)
        .finally(() => {
          underWay -= 1
        })
    }
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    void caller.close()
  }
}
