// Budgets are of use only if the bytes that a store counts are the bytes that its process takes.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bundle, bundle } from './testing/bundle.ts'

const run = promisify(execFile)
let probe: Bundle

beforeAll(async () => {
  probe = await bundle('testing/memory-probe.ts')
})
afterAll(() => probe.remove())

test.each(['usual', 'logs'])(
  'a store full of content "%s" takes what it says, give or take 30 percent',
  async (content) => {
    const { growth, accounted, budget } = await measure(content)
    expect(accounted).toBeGreaterThan(budget * 0.9)
    expect(accounted).toBeLessThanOrEqual(budget)
    expect(growth / accounted).toBeGreaterThan(0.7)
    expect(growth / accounted).toBeLessThan(1.3)
  },
)

test.each(['tiny spans, a trace each', 'every name and service another', 'every resource another, of many attributes'])(
  'a store full of content "%s" takes no more than it says',
  async (content) => {
    const { growth, accounted, budget } = await measure(content)
    expect(accounted).toBeLessThanOrEqual(budget)
    expect(growth / accounted).toBeLessThan(1.3)
  },
)

async function measure(content: string): Promise<{ growth: number; accounted: number; budget: number }> {
  const { stdout } = await run(process.execPath, ['--expose-gc', probe.file, content])
  return JSON.parse(stdout)
}
