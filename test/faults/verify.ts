// Works a queue of faults off on several clusters at once, and tells what came of each as soon as it is known.
import { setTimeout as delay } from 'node:timers/promises'
import { catalogue } from '../../faults/catalogue.ts'
import { customerErrorRatio, customerP95 } from '../../faults/indicators.ts'
import { type Verdict, verifyFault } from '../../faults/testing/contract.ts'
import { type Impact, indicatorsOf, measureImpact, observe, type Values } from '../../faults/testing/impact.ts'
import type { Lab } from '../../faults/testing/lab.ts'
import { type LabCluster, startLabCluster } from './lab-cluster.ts'
import type { Task, TaskQueue } from './queue.ts'

/** Until caches are warm and rates have something to look back on. */
const WARM_UP_S = 25

/** What a healthy shop is at least, and how often to look for it: others may be busy on the machine for a while. */
const HEALTHY = { errors: 0.01, p95S: 0.5 }
const MOST_ROUNDS = 6

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
        if (task.impact) healthy ??= await observeHealthy(lab)
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

/** Figures to compare with. Rejects when the machine is so busy with other things that they would tell nothing. */
async function observeHealthy(lab: Lab): Promise<Values> {
  const indicators = catalogue.flatMap(indicatorsOf)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const values = await observe(lab, indicators, round === 0 ? WARM_UP_S : 0)
    const [errors, p95] = [customerErrorRatio, customerP95].map(({ name }) => values[name] ?? Number.POSITIVE_INFINITY)
    if (errors !== undefined && errors < HEALTHY.errors && p95 !== undefined && p95 < HEALTHY.p95S) return values
  }
  throw new Error('the shop is not well while nothing is broken: the machine is too busy with other things')
}
