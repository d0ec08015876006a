// A real cluster for a test: real processes, real PostgreSQL, ports and a data directory of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildIfChanged } from '../cluster/bin/build.js'
import { type Cluster, type ClusterOptions, startCluster } from '../cluster/supervisor/cluster.ts'

const root = resolve(import.meta.dirname, '..')

export type RunningCluster = { cluster: Cluster; dataDir: string; stop(): Promise<void> }

/** Builds if need be and starts a cluster without load; `stop` ends it and removes its data. */
export async function startTestCluster(options: Partial<ClusterOptions> = {}): Promise<RunningCluster> {
  await buildIfChanged(root)
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-test-'))
  const cluster = await startCluster({ root, dataDir, size: 'small', load: 0, seed: 1, ports: 'auto', ...options })
  return {
    cluster,
    dataDir,
    async stop() {
      await cluster.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
