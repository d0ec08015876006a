// The installed Prometheus over given samples, to compare answers of the HTTP API with, letter by letter.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const isPrometheusInstalled = ['prometheus', 'promtool'].every(
  (name) => spawnSync(name, ['--version']).status === 0,
)

export interface RealPrometheus {
  url: string
  stop: () => Promise<void>
}

/** @throws Error when the samples (OpenMetrics text) cannot be read or the server is not ready within half a minute. */
export async function startRealPrometheus(openMetrics: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-api-'))
  writeFileSync(join(folder, 'samples.om'), openMetrics)
  writeFileSync(join(folder, 'prometheus.yml'), '')
  const imported = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', 'samples.om', 'data'], {
    cwd: folder,
  })
  if (imported.status !== 0) throw new Error(`promtool could not import the samples: ${imported.stderr}`)
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      '--storage.tsdb.retention.time=100y',
      '--enable-feature=exemplar-storage',
      '--log.level=error',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    const exited = once(child, 'exit')
    if (child.exitCode === null && child.kill()) await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const end = performance.now() + 30_000
  while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
    if (performance.now() > end || child.exitCode !== null) {
      await stop()
      throw new Error('Prometheus did not become ready')
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { url, stop }
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
