// The installed Prometheus, as anybody would run it: with a configuration and rules of the test's own, on a free port of the loopback.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from './until.ts'

export type RealPrometheus = { url: string; stop(): Promise<void> }

export const isPrometheusInstalled = spawnSync('prometheus', ['--version']).status === 0

/** A test that needs the program: skipped by name where it is missing, and failing in CI, which is to have it. */
export function prometheusTest(name: string, body: () => Promise<void>, timeoutMs?: number): void {
  if (isPrometheusInstalled) test(name, body, timeoutMs)
  else if (process.env.CI === 'true') test(name, () => expect.fail('prometheus is not installed, but CI is to have it'))
  else test.skip(`${name} (prometheus is not installed)`, () => {})
}

/**
 * @param config its configuration file, YAML or JSON, whose `rule_files` may name the files given
 * @param files further files beside it, by name
 * @param wantedPort where it listens; any that is free when omitted
 */
export async function startRealPrometheus(
  config: object,
  files: Record<string, string> = {},
  wantedPort?: number,
): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-prometheus-'))
  for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': JSON.stringify(config) })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const port = wantedPort ?? (await freePort())
  const args = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn('prometheus', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  const stop = async () => {
    const exited = once(child, 'exit')
    if (child.exitCode === null && child.kill()) await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await until(
      'Prometheus is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended: ${errors}`)
        return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok
      },
      30_000,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
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
