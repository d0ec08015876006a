// What faults do to a process is tried on processes of its own: this one has to go on.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { active } from './test-fault.ts'

let program: string
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ProcessFaults } from './process-faults.ts'
        const faults = new ProcessFaults({ node: 'n-1', control: JSON.parse(process.env.CONTROL), closeIdleConnections() {} })
        require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => faults.apply(JSON.parse(line)))
        setInterval(() => {
          const { user, system } = process.cpuUsage()
          console.log(JSON.stringify({ cpuS: (user + system) / 1e6, heap: process.memoryUsage().heapUsed }))
        }, 50)`,
      resolveDir: import.meta.dirname,
      sourcefile: 'victim.ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const dir = mkdtempSync(join(tmpdir(), 'faultline-victim-'))
  program = join(dir, 'victim.cjs')
  writeFileSync(program, outputFiles[0]?.text ?? '')
})

afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

type Victim = {
  child: ChildProcess
  apply(...faults: ActiveFault[]): void
  last(): { cpuS: number; heap: number }
  lines(): number
  /** As the system shows it: `T` is stopped. */
  state(): string
  ended: Promise<string>
}

function startVictim(controlUrl = 'ws://127.0.0.1:1', args: string[] = []): Victim {
  const child = spawn(process.execPath, [...args, program], {
    env: { CONTROL: JSON.stringify({ url: controlUrl, token: 't' }) },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  let count = 0
  let last = { cpuS: 0, heap: 0 }
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    count += lines.length
    if (lines.length > 0) last = JSON.parse(lines.at(-1) ?? '{}')
  })
  return {
    child,
    apply: (...faults) => void child.stdin?.write(`${JSON.stringify(faults)}\n`),
    last: () => last,
    lines: () => count,
    state: () => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? '',
    ended: new Promise((done) => child.once('exit', (code, signal) => done(signal ?? String(code)))),
  }
}

/** A control plane that lists what the test says. */
async function startPlane(ids: () => string[]): Promise<string> {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer t') response.statusCode = 401
    response.end(JSON.stringify({ faults: ids().map((id) => ({ id })) }))
  }).listen(0, '127.0.0.1')
  await until('the port', () => server.listening)
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('kill: it ends with SIGKILL, and once is once', async () => {
  const victim = startVictim()
  await until('a sign of life', () => victim.lines() > 0)
  victim.apply(active('crash', { everyS: 0 }, { again: true }))
  const before = victim.lines()
  await until('it to live on', () => victim.lines() > before + 6)
  victim.apply(active('crash', { everyS: 0 }, { instance: 'crash-2' }))
  expect(await victim.ended).toBe('SIGKILL')
})

test('stop: it is stopped until its time is up, without any control plane', async () => {
  const victim = startVictim()
  await until('a sign of life', () => victim.lines() > 0)
  victim.apply(active('freeze', {}, { remainingMs: 1_500 }))
  await until('it to be stopped', () => victim.state() === 'T')
  const before = victim.lines()
  await until('it to run again', () => victim.state() !== 'T' && victim.lines() > before)
})

test('stop: it is woken when the injection is no longer listed', async () => {
  let ids = ['freeze-1']
  const victim = startVictim(await startPlane(() => ids))
  await until('a sign of life', () => victim.lines() > 0)
  victim.apply(active('freeze', {}))
  await until('it to be stopped', () => victim.state() === 'T')
  ids = []
  await until('it to run again', () => victim.state() !== 'T')
})

test('burn: processor time is spent, and no more of it afterwards', async () => {
  const victim = startVictim()
  await until('a sign of life', () => victim.lines() > 0)
  victim.apply(active('cpu', { threads: 2 }))
  const startS = victim.last().cpuS
  await until('a second of processor time', () => victim.last().cpuS > startS + 1)
  victim.apply()
  await until('it to calm down', async () => {
    const before = victim.last().cpuS
    const lines = victim.lines()
    await until('more lines', () => victim.lines() > lines + 5)
    return victim.last().cpuS - before < 0.1
  })
})

test('retain: the heap grows until the process ends of it', async () => {
  const victim = startVictim(undefined, ['--max-old-space-size=40'])
  await until('a sign of life', () => victim.lines() > 0)
  const before = victim.last().heap
  victim.apply(active('memory-leak', { megabytesPerS: 40 }))
  await until('the heap to grow', () => victim.last().heap > before + 10e6)
  expect(['SIGABRT', '134', 'SIGTRAP', '133']).toContain(await victim.ended)
})

test('take-descriptors: all are open, and come back', async () => {
  const child = spawn('sh', ['-c', 'ulimit -n 300; exec "$0" "$1"', process.execPath, program], {
    env: { CONTROL: JSON.stringify({ url: '', token: '' }) },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  const openCount = () => readdirSync(`/proc/${child.pid}/fd`).length
  await until('it to be there', () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').includes('victim.cjs'))
  // A few stay: Node ends itself when it needs one at the wrong moment, which is real, and nothing to rely on.
  child.stdin.write(`${JSON.stringify([active('fd-exhaustion', { leave: 4 })])}\n`)
  await until('all descriptors to be open', () => openCount() >= 294)
  child.stdin.write('[]\n')
  await until('them to be free again', () => openCount() < 100)
})

test('block: nothing else happens for so long', async () => {
  const victim = startVictim()
  await until('a sign of life', () => victim.lines() > 0)
  victim.apply(active('event-loop-block', { blockMs: 400, everyMs: 410 }))
  const startS = victim.last().cpuS
  await until('the loop to be busy', () => victim.last().cpuS > startS + 0.5)
  victim.apply()
  const before = victim.lines()
  await until('it to run freely', () => victim.lines() > before + 10)
})
