// Statements as faults read and rewrite them. The server runs what comes out of it, so that locks and waits are real.

/** Whether it reads rows of the table and changes and locks none. */
export function readsFrom(text: string, table: string): boolean {
  return (
    /^\s*select\b/i.test(text) &&
    new RegExp(`\\bfrom\\s+${table}\\b`, 'i').test(text) &&
    !/\bfor\s+(?:no\s+key\s+)?update\b/i.test(text)
  )
}

/** Whether it locks rows of the table that it reads. */
export function locksRowsOf(text: string, table: string): boolean {
  return (
    /^\s*select\b/i.test(text) &&
    new RegExp(`\\bfrom\\s+${table}\\b`, 'i').test(text) &&
    /\bfor\s+(?:no\s+key\s+)?update\b/i.test(text)
  )
}

/** The same rows, after the server has slept; it holds connection and locks meanwhile. */
export function afterSleep(text: string, delayMs: number): string {
  // Of a subquery whose column is volatile nothing is optimised away, and it runs once.
  return `SELECT rows_.* FROM (SELECT pg_sleep(${delayMs / 1_000}) OFFSET 0) AS slept_ CROSS JOIN (${text}) AS rows_`
}
