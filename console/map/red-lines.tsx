// Rate, errors and duration as three small lines, one below the other.
import type { RedQueries } from './red-queries.ts'
import { Sparkline } from './sparkline.tsx'

/** @param of what is counted: `Requests`, `Statements` */
export function RedLines({ of, queries, refreshMs }: { of: string; queries: RedQueries; refreshMs: number }) {
  return (
    <section aria-label={of}>
      <Sparkline title={`${of}/s`} unit="short" refreshMs={refreshMs} query={queries.rate} />
      <Sparkline title="Errors" unit="percentunit" refreshMs={refreshMs} query={queries.errors} />
      <Sparkline title="p95" unit="s" refreshMs={refreshMs} query={queries.p95} />
    </section>
  )
}
