// Who verifies what: a shared list from which each running cluster takes what it can show. Pure but for the list itself.
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import type { Fault, Injection } from '../../faults/fault.ts'

/** One fault on one size of cluster: its contract, its impact, or both. */
export type Task = { fault: Fault; size: ClusterSize; contract: Injection | undefined; impact: Injection | undefined }

export type Wanted = { contract: boolean; impact: boolean /** For those, too, that one region shows. */; full: boolean }

/** What there is to do, the small clusters' part first. */
export function tasksFor(faults: readonly Fault[], { contract, impact, full }: Wanted): Task[] {
  const tasks = faults.flatMap((fault): Task[] => {
    const sizes: ClusterSize[] = ['small', 'full']
    return sizes.flatMap((size) => {
      const here = {
        contract: contract && size === contractSize(fault, full) ? (fault.example[size] ?? undefined) : undefined,
        impact: impact && size === impactSize(fault) ? impactInjection(fault) : undefined,
      }
      return here.contract || here.impact ? [{ fault, size, ...here }] : []
    })
  })
  return tasks.toSorted((a, b) => Number(a.size === 'full') - Number(b.size === 'full'))
}

function contractSize({ example }: Fault, full: boolean): ClusterSize {
  return example.small === null || full ? 'full' : 'small'
}

function impactSize({ experiment }: Fault): ClusterSize {
  return experiment?.size ?? 'small'
}

/** Undefined for a fault that customers do not notice. */
function impactInjection(fault: Fault): Injection | undefined {
  if (fault.impact.indicator === null) return undefined
  return fault.experiment?.injection ?? fault.example[impactSize(fault)] ?? undefined
}

/** Hands out tasks; at most one cluster of three regions runs at a time, for it takes as much as all others together. */
export class TaskQueue {
  readonly #tasks: Task[]
  #fullTaken = false

  constructor(tasks: readonly Task[]) {
    this.#tasks = [...tasks]
  }

  /** The next one for a cluster of this size, else for another one that may be started; undefined when there is none. */
  take(current: ClusterSize | undefined): Task | undefined {
    const mayBe = (size: ClusterSize) => size === 'small' || current === 'full' || !this.#fullTaken
    const index = ['same', 'other'].flatMap((which) => {
      const at = this.#tasks.findIndex(({ size }) => (which === 'same' ? size === current : mayBe(size)))
      return at < 0 ? [] : [at]
    })[0]
    if (index === undefined) return undefined
    const [task] = this.#tasks.splice(index, 1)
    if (task?.size === 'full') this.#fullTaken = true
    return task
  }

  /** What nobody has taken. */
  get left(): readonly Task[] {
    return this.#tasks
  }
}
