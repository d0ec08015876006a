// Keeps processors busy with threads of this process. Each ends by itself, too, should this thread be too starved to tell it.
import { Worker } from 'node:worker_threads'
import type { Effect } from '../process-faults.ts'
import { containerMemory, threadsThatFit } from './room.ts'

const busy = `
  const { workerData } = require('node:worker_threads')
  const stop = new Int32Array(workerData.stop)
  const endMs = performance.now() + workerData.forMs
  let x = 1
  while (performance.now() < endMs && Atomics.load(stop, 0) === 0) for (let i = 0; i < 1e5; i++) x = Math.imul(x, 48271) + i | 0
`

export function burn({ threads }: { threads: number }, { remainingMs }: Effect): () => void {
  const stop = new SharedArrayBuffer(4)
  const memory = containerMemory()
  const count = memory ? threadsThatFit(threads, memory) : threads
  for (let i = 0; i < count; i++) {
    const worker = new Worker(busy, {
      eval: true,
      workerData: { stop, forMs: remainingMs },
      // A small heap: it allocates nothing.
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
      execArgv: [],
    })
    worker.on('error', () => {})
    worker.unref()
  }
  return () => void Atomics.store(new Int32Array(stop), 0, 1)
}
