import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Child, type ChildDeath } from './child.ts'

let directory: string
let child: Child
let deaths: ChildDeath[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultline-child-'))
  deaths = []
})
afterEach(async () => {
  await child.stop(0)
  rmSync(directory, { recursive: true, force: true })
})

function run(script: string, env: () => Record<string, string> = () => ({})): Child {
  const spec = { id: 'orders-1', args: ['-e', script], env, logFile: join(directory, 'orders-1.log') }
  child = new Child(spec, { onChange() {}, onDeath: (death) => void deaths.push(death) })
  child.start()
  return child
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const log = () => readFileSync(join(directory, 'orders-1.log'), 'utf8')

const untilEndOfInput = 'process.stdin.resume().on("end", () => process.exit(0));'
const patient = `${untilEndOfInput} process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log("up")`

test('a child that dies is started again with a fresh environment, and says why it died', async () => {
  let starts = 0
  run('console.error("no luck " + process.env.START); process.exit(3)', () => ({ START: String(++starts) }))
  await eventually(() => expect(deaths.length).toBeGreaterThanOrEqual(2))
  expect(deaths[0]).toMatchObject({ id: 'orders-1', reason: 'exit code 3', consecutive: 1, tail: ['no luck 1'] })
  expect(deaths[1]?.tail).toEqual(['no luck 1', 'no luck 2'])
  expect(child.restarts).toBeGreaterThanOrEqual(2)
})

test('stopping lets it leave in order and is no death', async () => {
  run(patient)
  await eventually(() => expect(child.log.tail).toContain('up'))
  await child.stop()
  expect(child).toMatchObject({ state: 'stopped', pid: undefined, restarts: 0 })
  expect(log()).toBe('up\nbye\n')
  expect(deaths).toEqual([])
})

test('one that does not leave is killed after its grace', async () => {
  run(`${untilEndOfInput} process.on("SIGTERM", () => {}); console.log("up")`)
  await eventually(() => expect(child.log.tail).toContain('up'))
  await child.stop(100)
  expect(child.pid).toBeUndefined()
})

test('a frozen one is woken to leave in order', async () => {
  run(patient)
  await eventually(() => expect(child.log.tail).toContain('up'))
  process.kill(child.pid!, 'SIGSTOP')
  await child.stop()
  expect(child.log.tail).toEqual(['up', 'bye'])
})

test('a killed one is started again', async () => {
  run(patient)
  await eventually(() => expect(child.log.tail).toContain('up'))
  const pid = child.pid
  expect(child.kill()).toBe(pid)
  await eventually(() => expect(child.log.tail).toEqual(['up', 'up']))
  expect(child.pid).not.toBe(pid)
  expect(deaths).toMatchObject([{ reason: 'SIGKILL' }])
})

test('stopping while it waits for its next life ends it for good', async () => {
  run('process.exit(1)')
  await eventually(() => expect(deaths).toHaveLength(1))
  await child.stop()
  expect(child).toMatchObject({ state: 'stopped', pid: undefined })
})

test.skipIf(process.platform !== 'linux')(
  'a session of its own keeps Ctrl-C of the terminal away (seen in /proc)',
  async () => {
    run(patient)
    await eventually(() => expect(child.log.tail).toContain('up'))
    // The session is field 6 of proc(5)'s stat; its leader is the child itself.
    const session = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]
    expect(Number(session)).toBe(child.pid)
  },
)
