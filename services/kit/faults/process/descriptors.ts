// Uses file descriptors up, and takes each one that becomes free again.
import { closeSync, openSync } from 'node:fs'
import type { Effect } from '../process-faults.ts'

const EVERY_MS = 20
/** Where the limit is that high, it takes more time and memory of the kernel than a laboratory should. */
const MOST = 262_144
const PATH = '/dev/null'

export function takeDescriptors({ leave }: { leave: number }, { surroundings }: Effect): () => void {
  const taken: number[] = []
  const take = () => {
    try {
      while (taken.length < MOST) taken.push(openSync(PATH, 'r'))
    } catch {
      // EMFILE: that is all there were.
      for (const descriptor of taken.splice(Math.max(0, taken.length - leave))) closeSync(descriptor)
    }
  }
  take()
  // Those who keep connections would not notice for long.
  surroundings.closeIdleConnections()
  const timer = setInterval(take, EVERY_MS)
  return () => {
    clearInterval(timer)
    for (const descriptor of taken.splice(0)) closeSync(descriptor)
  }
}
