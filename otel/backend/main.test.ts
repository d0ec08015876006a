// The backend as its own process, bundled as it ships: start, ports, stop, and not outliving its parent.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Bundle, bundle } from './testing/bundle.ts'
import { listenOnFreePort } from './testing/listen.ts'

let program: Bundle
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await bundle('main.ts')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => program.remove())

interface Line {
  msg: string
  [field: string]: unknown
}

interface Running {
  child: ChildProcess
  /** Resolves with the first line of that message; rejects when the process ends without it. */
  line: (msg: string) => Promise<Line>
  exit: Promise<number | null>
}

function start(env: Record<string, string>): Running {
  const ports = { FAULTLINE_OTLP_PORT: '0', FAULTLINE_JAEGER_PORT: '0', FAULTLINE_PROMETHEUS_PORT: '0' }
  const child = spawn(process.execPath, [program.file], {
    env: { ...ports, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines = () =>
    output
      .split('\n')
      .filter(Boolean)
      .map((line): Line => JSON.parse(line))
  const line = async (msg: string) => {
    for (let ended = false; ; ) {
      const found = lines().find((entry) => entry.msg === msg)
      if (found) return found
      if (ended) throw new Error(`it ended without saying ${JSON.stringify(msg)}: ${output}`)
      ended = await Promise.race([
        exit.then(() => true),
        new Promise<false>((resolve) => child.stdout?.once('data', () => resolve(false))),
      ])
    }
  }
  return { child, line, exit }
}

async function status(url: string): Promise<number> {
  return (await fetch(url)).status
}

test.each(['SIGTERM', 'SIGINT'] as const)('it listens on its three ports and ends in order on %s', async (signal) => {
  const { child, line, exit } = start({})
  const { host, otlpPort, jaegerPort, prometheusPort } = await line('listening')
  expect(host).toBe('127.0.0.1')
  expect(
    await Promise.all([
      status(`http://127.0.0.1:${otlpPort}/healthz`),
      status(`http://127.0.0.1:${jaegerPort}/api/services`),
      status(`http://127.0.0.1:${prometheusPort}/api/v1/query?query=up`),
    ]),
  ).toEqual([200, 200, 200])
  child.kill(signal)
  expect(await exit).toBe(0)
})

test('it ends with its parent, when told to hold on to it', async () => {
  const { child, line, exit } = start({ FAULTLINE_PARENT_PIPE: '1' })
  await line('listening')
  child.stdin?.end()
  expect(await line('stopping')).toMatchObject({ reason: 'parent gone' })
  expect(await exit).toBe(0)
})

test('otherwise a closed standard input means nothing', async () => {
  const { child, line, exit } = start({})
  child.stdin?.end()
  const { jaegerPort } = await line('listening')
  expect(await status(`http://127.0.0.1:${jaegerPort}/healthz`)).toBe(200)
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('a port that is taken is said, and the process ends', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  // A server that listens on a TCP port has such an address.
  const { port } = holder.address() as AddressInfo
  const { line, exit } = start({ FAULTLINE_JAEGER_PORT: String(port) })
  expect(await line('cannot start')).toMatchObject({ level: 'error', code: 'EADDRINUSE', port })
  expect(await exit).toBe(1)
  holder.close()
})

test('it asks the control plane what to scrape, with the token, and reads the rules of a directory', async () => {
  const asked: (string | undefined)[] = []
  const control = await listenOnFreePort((req, res) => {
    if (req.url === '/metrics') return res.end('answer 42\n')
    asked.push(`${req.url} ${req.headers.authorization}`)
    return res.end(JSON.stringify([{ targets: [new URL(control.url).host], labels: { job: 'j', instance: 'i' } }]))
  })
  const rules = mkdtempSync(join(tmpdir(), 'faultline-rules-'))
  writeFileSync(join(rules, 'a.yaml'), "groups: [{name: g, rules: [{record: 'a:b', expr: vector(1)}]}]")
  const { child, line, exit } = start({
    FAULTLINE_CONTROL_URL: `${control.url}/`,
    FAULTLINE_TOKEN: 'secret',
    FAULTLINE_RULES_DIR: rules,
  })
  const { prometheusPort, rules: count } = await line('listening')
  expect(count).toBe(1)
  const ask = async () => (await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/query?query=answer`)).text()
  await expect.poll(ask, { timeout: 10_000 }).toContain('"metric":{"__name__":"answer","instance":"i","job":"j"}')
  expect(asked[0]).toBe('/v1/targets Bearer secret')
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
  await control.close()
  rmSync(rules, { recursive: true })
})

test('a fault in the rules is said, and the process ends', async () => {
  const rules = mkdtempSync(join(tmpdir(), 'faultline-rules-'))
  writeFileSync(join(rules, 'a.yaml'), "groups: [{name: g, rules: [{record: 'a:b', expr: 'sum('}]}]")
  const { line, exit } = start({ FAULTLINE_RULES_DIR: rules })
  expect((await line('cannot start')).error).toContain('could not parse expression')
  expect(await exit).toBe(1)
  rmSync(rules, { recursive: true })
})

test('a wrong configuration is named, every variable of it', async () => {
  const { line, exit } = start({
    FAULTLINE_OTLP_PORT: '70000',
    FAULTLINE_SPAN_STORE_BYTES: 'much',
    FAULTLINE_PARENT_PIPE: 'yes',
    FAULTLINE_CONTROL_URL: 'ws://127.0.0.1:1',
  })
  const { error } = await line('bad configuration')
  for (const name of [
    'FAULTLINE_OTLP_PORT',
    'FAULTLINE_SPAN_STORE_BYTES',
    'FAULTLINE_PARENT_PIPE',
    'FAULTLINE_CONTROL_URL',
  ])
    expect(error).toContain(name)
  expect(await exit).toBe(1)
})
