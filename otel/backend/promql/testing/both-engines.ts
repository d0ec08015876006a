// One dataset behind the engine and behind the installed Prometheus, and each query put to both.

import { createEngine } from '../engine.ts'
import { QueryError } from '../query-error.ts'
import { differenceOf, isEmptyAnswer } from './compare-answers.ts'
import type { DatasetSeries } from './dataset.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { startOracle } from './oracle.ts'

/** Asked at one time or over a range. */
export type AskedAt = { timeMs: number } | { startMs: number; endMs: number; stepMs: number }

export interface BothEngines {
  /** What differs between the answers, if anything does. */
  ask(query: string, at: AskedAt): Promise<{ difference?: string; isEmpty: boolean }>
  stop(): Promise<void>
}

/** @throws Error when the installed Prometheus does not start. */
export async function startBothEngines(dataset: readonly DatasetSeries[]): Promise<BothEngines> {
  const storage = createMemoryStorage()
  for (const { labels, samples } of dataset)
    for (const [timeMs, value] of samples) storage.append(labels, timeMs, value)
  const engine = createEngine({ storage })
  const prometheus = await startOracle(dataset)

  const answerOfOurs = (query: string, at: AskedAt) =>
    'timeMs' in at ? engine.instantQuery({ query, ...at }) : engine.rangeQuery({ query, ...at })
  const answerOfTheirs = (query: string, at: AskedAt) =>
    'timeMs' in at
      ? prometheus.call('/api/v1/query', { query, time: String(at.timeMs / 1000) })
      : prometheus.call('/api/v1/query_range', {
          query,
          start: String(at.startMs / 1000),
          end: String(at.endMs / 1000),
          step: String(at.stepMs / 1000),
        })

  return {
    async ask(query, at) {
      const ours = await answerOfOurs(query, at).catch((error: unknown) => {
        if (error instanceof QueryError) return error
        throw error
      })
      const difference = differenceOf(ours, await answerOfTheirs(query, at))
      return { isEmpty: isEmptyAnswer(ours), ...(difference !== undefined && { difference }) }
    },
    stop: () => prometheus.stop(),
  }
}
