// Real clusters for the verification: each with ports and data of its own, and all of them ended with the process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from '../../cluster/supervisor/cluster.ts'
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import { type Lab, openLab } from '../../faults/testing/lab.ts'

/** Requests a second: enough for figures within seconds, and little enough that a small machine has time left. */
export const LOAD: Record<ClusterSize, number> = { small: 25, full: 30 }

export type LabCluster = { size: ClusterSize; lab: Lab; stop(): Promise<void> }

const running = new Set<LabCluster>()

export async function startLabCluster(size: ClusterSize): Promise<LabCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-verify-'))
  const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
  const cluster = await startCluster({ root, dataDir, size, load: LOAD[size], seed: 1, ports: 'auto' })
  const started: LabCluster = {
    size,
    lab: openLab({ ...cluster.urls, token: cluster.token }),
    async stop() {
      running.delete(started)
      await cluster.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  running.add(started)
  return started
}

/** Ends all clusters when the process is told to end. */
export function stopOnSignals(): void {
  const stop = () => void Promise.allSettled([...running].map((one) => one.stop())).finally(() => process.exit(1))
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
