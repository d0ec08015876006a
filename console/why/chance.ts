// How likely it is by chance alone that a group of traces has a value so often, or so rarely. Exact, as small groups need it. Pure.

/** `table[n]` is ln n!, up to `most`. */
export function logFactorials(most: number): readonly number[] {
  const table = [0]
  for (let n = 1; n <= most; n++) table.push((table[n - 1] ?? 0) + Math.log(n))
  return table
}

/** Of `all` traces `having` have a value, and `group` were drawn. */
export type Draw = { all: number; having: number; group: number }

/**
 * Probability that at least `count` of the drawn have the value: the upper tail of the hypergeometric distribution, as in Fisher's exact
 * test (https://en.wikipedia.org/wiki/Hypergeometric_distribution).
 *
 * @param logs of `logFactorials`, for `all` at least
 */
export function chanceOfAtLeast(count: number, { all, having, group }: Draw, logs: readonly number[]): number {
  const logChoose = (n: number, k: number) => (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0)
  const least = Math.max(count, 0, group + having - all)
  const most = Math.min(having, group)
  let chance = 0
  for (let k = least; k <= most; k++)
    chance += Math.exp(logChoose(having, k) + logChoose(all - having, group - k) - logChoose(all, group))
  return Math.min(1, chance)
}
