// Works a queue of faults off on several clusters at once, and tells what came of each as soon as it is known.
import { setTimeout as delay } from 'node:timers/promises'
import { catalogue } from '../../faults/catalogue.ts'
import { type Verdict, verifyFault } from '../../faults/testing/contract.ts'
import { type Impact, indicatorsOf, measureImpact, observe, type Values } from '../../faults/testing/impact.ts'
import { type LabCluster, startLabCluster } from './lab-cluster.ts'
import type { Task, TaskQueue } from './queue.ts'

/** Until caches are warm and rates have something to look back on. */
const WARM_UP_S = 25

export type Result = { task: Task; verdict?: Verdict; impact?: Impact; error?: string }

export type VerifyOptions = {
  jobs: number
  alerts: boolean
  /** Nothing begins after it, by `performance.now()`. */
  endMs: number
  onResult: (result: Result) => void
}

/** Resolves when the queue is empty or the time is over. */
export async function verifyAll(queue: TaskQueue, options: VerifyOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.jobs }, () => work(queue, options)))
}

async function work(queue: TaskQueue, { alerts, endMs, onResult }: VerifyOptions): Promise<void> {
  let cluster: LabCluster | undefined
  let healthy: Values | undefined
  try {
    while (performance.now() < endMs) {
      const task = queue.take(cluster?.size)
      if (!task) return
      const result: Result = { task }
      try {
        if (cluster?.size !== task.size) {
          await cluster?.stop()
          cluster = await startLabCluster(task.size)
          healthy = undefined
        }
        const { lab } = cluster
        // Of all indicators at once, while nothing has been broken yet.
        if (task.impact && !healthy) healthy = await observe(lab, catalogue.flatMap(indicatorsOf), WARM_UP_S)
        if (task.contract) result.verdict = await verifyFault(lab, task.fault, task.contract, { alerts })
        if (task.impact) result.impact = await measureImpact(lab, task.fault, task.impact, healthy ?? {})
      } catch (error) {
        result.error = error instanceof Error ? error.message : String(error)
        // Whatever it was, the next one begins in a shop that is whole.
        await cluster?.stop()
        cluster = undefined
        await delay(1_000)
      }
      onResult(result)
    }
  } finally {
    await cluster?.stop()
  }
}
