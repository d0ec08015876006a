import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { identify, isAlive, parseStat, signalProcess } from './process-identity.ts'

test('a stat line is read behind the name of the command, whatever that holds', () => {
  const line = `1234 (a) b (c) S 77 ${Array.from({ length: 17 }, (_, index) => index).join(' ')} 4711 0 0`
  expect(parseStat(line)).toEqual({ state: 'S', parentPid: 77, startTicks: '4711' })
})

test('this process is alive, and another one with its pid is not', () => {
  const own = identify(process.pid)!
  expect(isAlive(own)).toBe(true)
  expect(isAlive({ ...own, started: `${own.started}0` })).toBe(false)
  expect(signalProcess({ ...own, started: 'long ago' }, 'SIGKILL')).toBe(false)
})

test('a process that ended is not alive, reaped or not', async () => {
  const child = spawn('sleep', ['60'])
  const identity = identify(child.pid!)!
  expect(isAlive(identity)).toBe(true)
  process.kill(child.pid!, 'SIGKILL')
  await vi.waitFor(() => expect(isAlive(identity)).toBe(false))
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(signalProcess(identity, 'SIGTERM')).toBe(false)
})

test('a frozen process is woken by a signal that it is to act on', async () => {
  const child = spawn('sleep', ['60'])
  const exit = once(child, 'exit')
  const identity = identify(child.pid!)!
  child.kill('SIGSTOP')
  expect(isAlive(identity)).toBe(true)
  expect(signalProcess(identity, 'SIGTERM')).toBe(true)
  expect(await exit).toEqual([null, 'SIGTERM'])
})
