// The installed Prometheus, as anybody would run it: the oracle of what queries, rules and scrapes answer. On the loopback only.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export type RealPrometheus = { url: string; stop(): Promise<void> }

export type PrometheusOptions = {
  /** Its configuration; empty when omitted. */
  config?: object
  /** Further files beside the configuration, by name, which its `rule_files` may mention. */
  files?: Record<string, string>
  /** What it has stored already, as OpenMetrics text. */
  samples?: string
  /** Where it listens; any port that is free when omitted. */
  port?: number
}

const READY_WITHIN_MS = 60_000

export const isPrometheusInstalled = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
)

/** Rejects when the samples cannot be read, or with what it printed when it ends before it is ready, or is not within a minute. */
export async function startRealPrometheus({
  config = {},
  files = {},
  samples,
  port: wantedPort,
}: PrometheusOptions): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-prometheus-'))
  for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': JSON.stringify(config) })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  if (samples !== undefined) importSamples(folder, samples)
  const port = wantedPort ?? (await freePort())
  const args = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    // Samples of tests are of any time.
    '--storage.tsdb.retention.time=100y',
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn('prometheus', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let printed = ''
  child.stderr.on('data', (text) => {
    printed = (printed + text).slice(-10_000)
  })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    const exited = once(child, 'exit')
    if (child.exitCode === null && child.kill()) await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const endMs = performance.now() + READY_WITHIN_MS
  while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || performance.now() > endMs) {
      await stop()
      throw new Error(`Prometheus did not become ready: ${printed}`)
    }
    await delay(50)
  }
  return { url, stop }
}

function importSamples(folder: string, samples: string): void {
  writeFileSync(join(folder, 'samples.om'), samples)
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', 'samples.om', 'data']
  const { status, stderr } = spawnSync('promtool', args, { cwd: folder })
  if (status === 0) return
  rmSync(folder, { recursive: true, force: true })
  throw new Error(`promtool could not import the samples: ${stderr}`)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
