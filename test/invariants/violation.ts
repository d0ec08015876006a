// What an invariant says when it does not hold: data, for a test to compare with nothing and for a report to print.

export type Violation = {
  /** Which invariant, in a few words that stay the same. */
  rule: string
  /** What was found instead. */
  found: string
  /** Ids of the orders concerned; a few of many. */
  orders: string[]
}

const MAX_ORDERS = 20

/** None when nothing is concerned. */
export function violation(rule: string, orders: readonly string[], found = ''): Violation[] {
  if (orders.length === 0) return []
  const count = orders.length === 1 ? '1 order' : `${orders.length} orders`
  return [{ rule, found: found === '' ? count : `${count}: ${found}`, orders: orders.slice(0, MAX_ORDERS) }]
}

export function describeViolation({ rule, found, orders }: Violation): string {
  return `${rule}: ${found}${orders.length === 0 ? '' : ` (${orders.join(', ')})`}`
}
