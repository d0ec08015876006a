// How the latency between gateway-na and products-na, injected by the switchboard, is seen: for a test, and to measure how long it takes.
import type { Page } from 'playwright-core'
import { until } from '../until.ts'

const LONG_MS = 60_000

/** On the map: the fault's mark on its link, and the figure of the one who waits. Resolves to ms until each, from the call on. */
export async function waitForFault(map: Page): Promise<{ markMs: number; figureMs: number }> {
  const beganAt = performance.now()
  await map.locator('.map-nodes > g > .fault-mark').first().waitFor({ state: 'attached', timeout: LONG_MS })
  const markMs = performance.now() - beganAt
  await until('gateway-na to be seen to wait', () => waits(map), LONG_MS)
  return { markMs, figureMs: performance.now() - beganAt }
}

/** Whether the p95 that the map shows of gateway-na is one that only the fault explains. */
async function waits(map: Page): Promise<boolean> {
  const label = await map.getByRole('button', { name: /^gateway-na / }).getAttribute('aria-label')
  const [, value, unit] = /p95 ([\d.]+) (ms|s)/.exec(label ?? '') ?? []
  return Number(value ?? 0) * (unit === 's' ? 1000 : 1) >= 400
}
