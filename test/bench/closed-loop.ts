// A closed loop of requests: a fixed number under way at any time, for a fixed time. It measures what a path can carry at most.
import { Pool } from 'undici'

export type LoopResult = { requests: number; failures: number; seconds: number }

/** @param connections requests under way at once, each on a connection of its own */
export async function closedLoop(
  origin: string,
  path: string,
  options: { connections: number; seconds: number; headers?: Record<string, string> },
): Promise<LoopResult> {
  const pool = new Pool(origin, { connections: options.connections })
  const startMs = performance.now()
  const endMs = startMs + options.seconds * 1000
  let requests = 0
  let failures = 0
  const worker = async () => {
    while (performance.now() < endMs) {
      const answer = await pool.request({ method: 'GET', path, headers: options.headers ?? {} }).catch(() => undefined)
      await answer?.body.dump()
      requests += 1
      if (answer?.statusCode !== 200) failures += 1
    }
  }
  await Promise.all(Array.from({ length: options.connections }, worker))
  const seconds = (performance.now() - startMs) / 1000
  await pool.close()
  return { requests, failures, seconds }
}
