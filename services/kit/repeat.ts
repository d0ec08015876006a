// Work that a node does again and again beside its requests.
import type { Logger } from '../../otel/sdk/logger.ts'

/**
 * Runs `work` every `everyMs` after the last run ended; a run that fails is logged, and the next one comes all the same.
 * @returns stops it and waits for the run under way
 */
export function repeat(name: string, everyMs: number, work: () => Promise<unknown>, log: Logger): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const turn = () => {
    running = work()
      .catch((error: unknown) => log.warn({ err: error }, `${name}: failed; it is tried again`))
      .then(() => {
        if (!stopped) timer = setTimeout(turn, everyMs)
      })
  }
  timer = setTimeout(turn, everyMs)
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
