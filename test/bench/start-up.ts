// From the command to a shop that works: every node ready, and the first complete checkout trace readable. Build included.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCustomer } from '../customer.ts'
import { readTrace, shapeFaults } from '../traces.ts'
import { until } from '../until.ts'
import { startBenchCommand } from './bench-cluster.ts'
import { type Figure, median } from './figure.ts'

const RUNS = 3

export async function benchStartUp(root: string): Promise<Figure[]> {
  const fresh: number[] = []
  const warm: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'faultline-bench-'))
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    fresh.push(await secondsToFirstTrace(root, dataDir))
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    warm.push(await secondsToFirstTrace(root, dataDir))
    rmSync(dataDir, { recursive: true, force: true })
  }
  return [
    { name: 'start to first checkout trace, fresh data', value: median(fresh), unit: 's', aim: '≤ 8' },
    { name: 'start to first checkout trace, old data', value: median(warm), unit: 's', aim: '≤ 5' },
  ]
}

async function secondsToFirstTrace(root: string, dataDir: string): Promise<number> {
  const startMs = performance.now()
  const command = await startBenchCommand(root, dataDir)
  try {
    const customer = createCustomer(command.urls.shop)
    await customer.signUp()
    await customer.putIntoBasket('p-0001')
    const { traceId } = await customer.checkOut()
    await until('the first checkout trace', async () => {
      const trace = await readTrace(command.urls.jaeger, traceId)
      return trace?.spans.some((span) => span.kind === 'consumer') && shapeFaults(trace).length === 0
    })
    return (performance.now() - startMs) / 1000
  } finally {
    await command.stop()
  }
}
