// Runs the installed Prometheus on given samples, as the oracle of what a query answers. Listens on the loopback only.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DatasetSeries, toOpenMetrics } from './dataset.ts'

export interface RealPrometheus {
  /** The body of a call of the HTTP API, whatever its status. */
  call(path: string, params: Record<string, string>): Promise<unknown>
  stop(): Promise<void>
}

export function isPrometheusInstalled(): boolean {
  return ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0)
}

/** @throws Error when it is not ready within a minute. */
export async function startRealPrometheus(dataset: readonly DatasetSeries[]): Promise<RealPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'promql-oracle-'))
  const samples = join(folder, 'samples.om')
  await writeFile(samples, toOpenMetrics(dataset))
  await writeFile(join(folder, 'prometheus.yml'), '')
  const data = join(folder, 'data')
  const imported = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, data])
  if (imported.status !== 0) throw new Error(`promtool could not import the samples: ${imported.stderr}`)
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const base = `http://127.0.0.1:${port}`
  await waitUntilReady(base, child)
  return {
    async call(path, params) {
      const response = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(params) })
      return response.json()
    },
    async stop() {
      if (child.exitCode === null) {
        const exited = once(child, 'exit')
        child.kill()
        await exited
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function waitUntilReady(base: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(`${base}/-/ready`).catch(() => undefined)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill()
  throw new Error('Prometheus did not become ready')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
