// Clusters for benchmarks: one inside of this process, one by the command as a user runs it.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildIfChanged } from '../../cluster/bin/build.js'
import type { ClusterUrls } from '../../cluster/control-plane/contract.ts'
import { startCluster } from '../../cluster/supervisor/cluster.ts'
import { readRunFile } from '../../cluster/supervisor/run-file.ts'
import type { Telemetry } from '../../cluster/topology/environment.ts'
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import { until } from '../until.ts'

export type BenchNode = { id: string; kind: string; pid: number; address: string }

export type BenchCluster = {
  urls: ClusterUrls
  dataDir: string
  nodes(): Promise<BenchNode[]>
  pssBytes(): Promise<number>
  /** In requests a second; 0 for none. */
  setLoad(requestsPerSecond: number): Promise<void>
  stop(): Promise<void>
}

export async function startBenchCluster(
  root: string,
  options: { size: ClusterSize; load: number; telemetry: Telemetry },
): Promise<BenchCluster> {
  await buildIfChanged(root)
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-bench-'))
  const cluster = await startCluster({ root, dataDir, seed: 1, ports: 'auto', ...options })
  const processes = () => cluster.supervision.processes()
  return {
    urls: cluster.urls,
    dataDir,
    nodes: async () =>
      (await processes()).flatMap(({ id, kind, pid, address }) => (pid && address ? [{ id, kind, pid, address }] : [])),
    // This process stands for the supervisor and the benchmark; a supervisor alone is counted by `faultline status`.
    pssBytes: async () => (await processes()).reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0),
    async setLoad(requestsPerSecond) {
      const response = await fetch(`${cluster.urls.control}/v1/load`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ requestsPerSecond }),
      })
      if (!response.ok) throw new Error(`the load was not set: ${response.status} ${await response.text()}`)
    },
    async stop() {
      await cluster.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type BenchCommand = { urls: { shop: string; jaeger: string }; stop(): Promise<void> }

/** Runs `faultline up` and resolves when it says that all is ready. */
export async function startBenchCommand(root: string, dataDir: string): Promise<BenchCommand> {
  const command = [resolve(root, 'cluster/bin/faultline.js'), 'up', '--data', dataDir, '--load', '0']
  const child = spawn(process.execPath, command, { cwd: root, stdio: 'ignore' })
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  const urls = await until(
    'the cluster to be ready',
    () => {
      if (child.exitCode !== null) throw new Error(`faultline up ended with ${child.exitCode}`)
      const run = readRunFile(dataDir)
      return run?.phase === 'running' && run.urls
    },
    60_000,
  )
  return {
    urls,
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}
