import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../../test/until.ts'
import { buildIfChanged } from '../bin/build.js'

const root = resolve(import.meta.dirname, '../..')
beforeAll(() => buildIfChanged(root), 60_000)

let child: ChildProcess | undefined
afterEach(async () => {
  if (child?.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
})

function run(...args: string[]): { output: () => string; ended: Promise<number | null> } {
  const started = spawn(process.execPath, [resolve(root, 'dist/faultline.cjs'), 'console', ...args], { stdio: 'pipe' })
  child = started
  let text = ''
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (text += chunk))
  return { output: () => text, ended: once(started, 'exit').then(([code]) => code) }
}

test('shows any Jaeger: the printed link signs in, and what is asked reaches it', async () => {
  const jaeger = createServer((_request, response) => response.end('{"data":["theirs"]}')).listen(0, '127.0.0.1')
  await once(jaeger, 'listening')
  // It listens on a TCP port.
  const { port } = jaeger.address() as AddressInfo
  const { output, ended } = run('--jaeger', `http://127.0.0.1:${port}/`, '--port', '0')
  const link = await until('the link', () => /http:\S+#key=\S+/.exec(output())?.[0], 20_000)
  const { origin, hash } = new URL(link)
  const guarded = { origin, 'x-faultline-console': '1', 'content-type': 'application/json' }
  const body = JSON.stringify({ key: hash.slice('#key='.length) })
  const session = await fetch(`${origin}/session`, { method: 'POST', headers: guarded, body })
  expect(await session.json()).toMatchObject({ has: { jaeger: true, prometheus: false, control: false } })
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  const answer = await fetch(`${origin}/jaeger/api/services`, { headers: { cookie } })
  expect(await answer.json()).toEqual({ data: ['theirs'] })
  child?.kill('SIGTERM')
  expect(await ended).toBe(0)
  jaeger.close()
})

test.each([
  [[], 'name what to show'],
  [['--jaeger', 'ftp://x'], 'must be an address'],
  [['--prometheus', 'http://x', '--control', 'http://y'], 'needs the token'],
])('%o is refused: %s', async (args, message) => {
  const { output, ended } = run(...args)
  expect(await ended).toBe(1)
  expect(output()).toContain(message)
})
