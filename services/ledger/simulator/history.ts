// What the clients saw, and whether one list, appended to and read by one at a time, can explain it (linearizability, Herlihy and Wing 1990).
// Every operation tells its place in the list, an append its position and a read the length, so that their order is known and no search is
// needed: what remains to check is that it agrees with real time and that equal prefixes looked equal.
import type { View } from './state-machine.ts'
import { Violation } from './violation.ts'

export type Operation = {
  client: string
  name: string
  invokedAt: number
  /** Infinite as long as it is not answered: it may then take effect at any later time, or never. */
  answeredAt: number
  result: { kind: 'appended'; position: number } | { kind: 'read'; view: View } | null
}

/** Throws a Violation. Takes n log n. */
export function checkLinearizable(operations: readonly Operation[]): void {
  const answered = operations.filter((operation) => operation.result !== null)
  checkAgreement(answered)
  const byInvocation = answered.toSorted((one, other) => one.invokedAt - other.invokedAt)
  const byAnswer = answered.toSorted((one, other) => one.answeredAt - other.answeredAt)
  let done = 0
  /** The furthest place of all that were answered before. */
  let latest: Operation | undefined
  for (const operation of byInvocation) {
    for (let next = byAnswer[done]; next && next.answeredAt < operation.invokedAt; next = byAnswer[++done]) {
      if (!latest || placeOf(next) > placeOf(latest)) latest = next
    }
    if (latest && placeOf(latest) > placeOf(operation)) {
      throw new Violation(
        'linearizability',
        `${describe(operation)} began after ${describe(latest)} was answered, and did not see it`,
      )
    }
  }
}

/** No two appends at one position, no two digests of one length. */
function checkAgreement(answered: readonly Operation[]): void {
  const appends = new Map<number, Operation>()
  const reads = new Map<number, { operation: Operation; digest: number }>()
  for (const operation of answered) {
    const { result } = operation
    if (result?.kind === 'appended') {
      const other = appends.get(result.position)
      if (other)
        throw new Violation('linearizability', `${describe(operation)} and ${describe(other)} have one position`)
      appends.set(result.position, operation)
    } else if (result?.kind === 'read') {
      const { length, digest } = result.view
      const other = reads.get(length)
      if (other && other.digest !== digest) {
        throw new Violation(
          'linearizability',
          `${describe(operation)} and ${describe(other.operation)} saw different lists`,
        )
      }
      reads.set(length, { operation, digest })
    }
  }
}

/** A read of length n comes after the append at n, and before the next. */
function placeOf({ result }: Operation): number {
  if (result === null) return Number.NEGATIVE_INFINITY
  return result.kind === 'appended' ? result.position : result.view.length + 0.5
}

function describe({ name, client, invokedAt, answeredAt, result }: Operation): string {
  const saw = result?.kind === 'appended' ? `position ${result.position}` : `length ${result?.view.length}`
  return `${name} by ${client} (${invokedAt} to ${answeredAt}, ${saw})`
}
