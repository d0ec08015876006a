// A cluster survives its own past, and every way to leave it ends all of its processes. Real commands, as a user types them.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildIfChanged } from '../cluster/bin/build.js'
import type { ClusterStatus } from '../cluster/control-plane/contract.ts'
import { readRunFile } from '../cluster/supervisor/run-file.ts'
import { alive, type Command, processesOf, runCommand, startCommand } from './command.ts'
import { until } from './until.ts'

const root = resolve(import.meta.dirname, '..')
const folders: string[] = []
const commands: Command[] = []
let dataDir: string

beforeAll(async () => {
  await buildIfChanged(root)
  dataDir = newFolder()
})

afterAll(async () => {
  // Only what a failed test has left: `down` ends the rest of it.
  for (const command of commands) command.kill('SIGKILL')
  for (const folder of folders) {
    await runCommand(['down', '--data', folder])
    rmSync(folder, { recursive: true, force: true })
  }
})

function newFolder(): string {
  // Any user, as PostgreSQL runs as one when root starts it, must reach it.
  const folder = mkdtempSync(join(tmpdir(), 'faultline-past-'))
  folders.push(folder)
  return folder
}

const small = ['--size', 'small', '--load', '0', '--ports', 'auto']

function up(folder: string, ...options: string[]): Command {
  const command = startCommand(['up', '--data', folder, ...small, ...options])
  commands.push(command)
  return command
}

async function statusOf(folder: string): Promise<Map<string, ClusterStatus['nodes'][number]>> {
  const { stdout } = await runCommand(['status', '--data', folder, '--json'])
  return new Map((JSON.parse(stdout) as ClusterStatus).nodes.map((node) => [node.id, node]))
}

describe('a run that was never stopped', () => {
  test('is started, refuses a second one, and keeps its secrets to itself', async () => {
    const first = up(dataDir)
    await first.says('Ctrl-C stops everything')
    for (const file of ['run.json', 'secrets.json']) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600)

    const second = await runCommand(['up', '--data', dataDir, ...small])
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain(`(supervisor ${first.pid})`)
    expect(second.stderr).toContain('npx faultline down')

    const status = await runCommand(['--data', dataDir, 'status', '--json'])
    expect(status.code).toBe(0)
    const { nodes } = JSON.parse(status.stdout) as ClusterStatus
    expect(nodes.map(({ id, ready }) => ({ id, ready }))).toContainEqual({ id: 'orders-1', ready: true })
  })

  test('has parts that can be killed and restarted by their names', async () => {
    const parts = ['backend-1', 'console-1', 'postgres-na', 'load-1', 'frontdoor-1']
    const before = await statusOf(dataDir)
    for (const id of parts) {
      expect(await runCommand(['kill', id, '--data', dataDir])).toMatchObject({ code: 0, stderr: '' })
    }
    const killed = await until(
      'everything to be ready again',
      async () => {
        const status = await statusOf(dataDir)
        return parts.every((id) => status.get(id)!.restarts === 1 && status.get(id)!.ready) && status
      },
      20_000,
    )
    for (const id of parts) {
      expect(killed.get(id)!.pid).not.toBe(before.get(id)!.pid)
      expect(await runCommand(['restart', id, '--data', dataDir])).toMatchObject({ code: 0, stdout: `${id} is back\n` })
    }
    const restarted = await statusOf(dataDir)
    for (const id of parts) {
      expect(restarted.get(id)).toMatchObject({ ready: true, restarts: 1 })
      expect(restarted.get(id)!.pid).not.toBe(killed.get(id)!.pid)
    }
    const unknown = await runCommand(['kill', 'nobody-1', '--data', dataDir])
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/^faultline: there is no node nobody-1; there are .*orders-1/)
  })

  test('leaves nothing alive or in the way when its supervisor is killed and a node is frozen', async () => {
    const old = processesOf(dataDir)
    const frozen = old.find(({ id }) => id === 'payments-1')!
    process.kill(frozen.pid, 'SIGSTOP')
    process.kill(old[0]!.pid, 'SIGKILL')
    await until('the nodes to leave of themselves', () => alive(old).join() === 'payments-1,postgres-na', 20_000)
    expect((await runCommand(['status', '--data', dataDir])).stderr).toContain('gone without a farewell')

    const next = await runCommand(['up', '--data', dataDir, ...small, '--detach'])
    expect(next).toMatchObject({ code: 0, stderr: '' })
    expect(next.stdout).toContain('ended 1 processes that an earlier run had left behind')
    expect(alive(old)).toEqual([])
    const { urls } = readRunFile(dataDir)!
    const page = await request(`${urls!.shop}/api/products/p-0001`)
    expect(page.statusCode).toBe(200)
    await page.body.dump()
  })

  test('is cleaned up by `faultline down`, too', async () => {
    const processes = processesOf(dataDir)
    process.kill(processes[0]!.pid, 'SIGKILL')
    await until('the supervisor to be gone', () => !processes[0]!.isThere())
    expect(await runCommand(['down', '--data', dataDir])).toMatchObject({ code: 0, stderr: '' })
    expect(alive(processes)).toEqual([])
    expect((await runCommand(['down', '--data', dataDir])).stdout).toBe('nothing is running\n')
    expect(readRunFile(dataDir)).toBeUndefined()
  })
})

describe('a run that is told to leave', () => {
  test('at a hang-up stops in order, and says which standard ports it had to replace', async () => {
    const taken = await occupy(16_686)
    const command = up(dataDir, '--ports', 'standard')
    await command.says('Ctrl-C stops everything')
    expect(command.output()).toMatch(/^port 16686 \(jaeger\) is taken; using \d+$/m)
    const processes = processesOf(dataDir)
    command.kill('SIGHUP')
    expect(await command.ended).toMatchObject({ code: 0 })
    expect(alive(processes)).toEqual([])
    expect(readdirSync(dataDir).sort()).toEqual(['ledger', 'logs', 'media', 'postgres', 'secrets.json'])
    taken?.close()
  })

  test('twice ends everything at once', async () => {
    const command = up(dataDir)
    await command.says('Ctrl-C stops everything')
    const processes = processesOf(dataDir)
    await halfRequest(readRunFile(dataDir)!.urls!.shop)
    command.kill('SIGINT')
    await command.says('again')
    command.kill('SIGINT')
    expect(await command.ended).toMatchObject({ code: 130 })
    expect(alive(processes)).toEqual([])
  })

  test('while it is still starting', async () => {
    const command = up(dataDir)
    await command.says('telemetry: listening')
    const processes = processesOf(dataDir)
    command.kill('SIGINT')
    const { code, stdout } = await command.ended
    expect(code).toBe(130)
    expect(stdout).toContain('stopped before it was ready')
    expect(alive(processes)).toEqual([])
    expect((await runCommand(['down', '--data', dataDir])).stdout).toBe('nothing is running\n')
  })
})

describe('a start that cannot succeed', () => {
  test.each([
    ['in the foreground', []],
    ['in the background', ['--detach']],
  ])('%s quotes the node that is to blame, and leaves nothing running', async (_where, options) => {
    const env = { FAULTLINE_ROOT: brokenInstallation() }
    const { code, stderr } = await runCommand(['up', '--data', dataDir, ...small, ...options], env)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^faultline: \S+-\S+ does not start: it ended with exit code 7, 5 times/m)
    expect(stderr).toContain('cannot find its head')
    expect(stderr).toMatch(/^Its log: .*\.log$/m)
    expect(readRunFile(dataDir)).toBeUndefined()
    expect((await runCommand(['down', '--data', dataDir])).stdout).toBe('nothing is running\n')
  })

  test('refuses a folder of somebody else, and touches nothing in it', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'thesis.tex'), 'years of work')
    for (const options of [[], ['--detach']]) {
      const { code, stderr } = await runCommand(['up', '--data', folder, ...small, ...options])
      expect(code).toBe(1)
      expect(stderr).toContain('holds "thesis.tex"')
    }
    expect(readdirSync(folder)).toEqual(['thesis.tex'])
  })

  test.each([
    ['a file', () => join(import.meta.dirname, 'command.ts')],
    ['a place that cannot be written', () => '/sys/faultline'],
  ])('refuses %s as data directory', async (_what, folder) => {
    const { code, stderr } = await runCommand(['up', '--data', folder(), ...small])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^faultline: the data directory .* cannot be used: .*; choose another with --data\n$/)
  })
})

/** Takes a port, unless it is taken already. */
function occupy(port: number): Promise<Server | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(undefined))
    server.listen(port, '127.0.0.1', () => done(server))
  })
}

/** A request that never ends keeps the frontdoor, and with it an orderly stop, for seconds. */
function halfRequest(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((sent, failed) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.on('error', failed)
    socket.write('POST /api/users HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\nhalf', () => {
      socket.off('error', failed).on('error', () => {})
      sent()
    })
  })
}

/** An installation whose nodes die at once. */
function brokenInstallation(): string {
  const folder = newFolder()
  mkdirSync(join(folder, 'dist'))
  for (const path of ['package.json', 'dist/backend.cjs', 'dist/console.cjs', 'dist/console'])
    symlinkSync(join(root, path), join(folder, path))
  writeFileSync(join(folder, 'dist/node.cjs'), 'console.error("this node cannot find its head"); process.exit(7)')
  return folder
}
