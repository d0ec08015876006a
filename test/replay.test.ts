// A schedule from a running cluster, and that schedule again on another one: the same events with the same seeds at the same times, the same
// arrivals, and with an override another outcome.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createControlCaller } from '../cluster/cli/control-caller.ts'
import { controlApi } from '../cluster/control-plane/contract.ts'
import { parseSchedule, type Schedule, type ScheduleEvent } from '../faults/schedules/schedule.ts'
import { createClient } from '../services/kit/http/client.ts'
import { runCommand, startCommand } from './command.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'

const LOAD = 12
const HIGH_LOAD = 24

let running: RunningCluster | undefined
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))
  running = await startTestCluster({ load: LOAD, seed: 5 })
}, 120_000)
afterAll(async () => {
  await running?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What nobody decides at the moment of playing. */
function essence(events: readonly ScheduleEvent[]): unknown[] {
  return events.map(({ atS: _, ...event }) => event)
}

/** Arrivals up to the end of each interval. */
function arrivals({ outcome }: Schedule): number[] {
  let sum = 0
  return (outcome?.intervals ?? []).map(({ offered }) => {
    sum += offered
    return sum
  })
}

const read = (name: string) => parseSchedule(readFileSync(join(folder, name), 'utf8'), name)

test('what was recorded is played again, and an override makes a difference', async () => {
  if (!running) throw new Error('the cluster is there')
  const { urls, token } = running.cluster
  const control = createClient(controlApi, createControlCaller(urls.control, token))
  const from = { from: 'gateway-na', to: 'products-na' }
  const fault = { fault: 'latency', ...from, parameters: { delayMs: 700 }, forS: 60, secret: true, seed: 99 }
  await delay(3_000)
  const { id } = await control.injectFault({ body: fault })
  const setting = { value: false, caller: 'gateway', callee: 'products' }
  await control.setPolicy({ params: { name: 'retryBudget' }, body: setting })
  await delay(3_000)
  await control.setLoad({ body: { requestsPerSecond: HIGH_LOAD } })
  await control.clearFault({ params: { id } })
  await delay(4_000)

  const recorded = await runCommand(['record', join(folder, 'a.json'), '--data', running.dataDir])
  expect(recorded).toMatchObject({ code: 0, stderr: '' })
  // Secret faults stand in it.
  expect(statSync(join(folder, 'a.json')).mode & 0o077).toBe(0)
  const first = read('a.json')
  expect(first).toMatchObject({ size: 'small', seed: 5, load: LOAD })
  expect(essence(first.events)).toEqual([
    { do: 'inject', id: 'latency-1', ...fault, parameters: { delayMs: 700, jitterMs: 0 } },
    { do: 'set', name: 'retryBudget', ...setting },
    { do: 'load', requestsPerSecond: HIGH_LOAD },
    { do: 'clear', id: 'latency-1' },
  ])
  await running.stop()
  running = undefined

  const replay = [
    'replay',
    join(folder, 'a.json'),
    '--fault',
    'latency.delayMs=20',
    '--out',
    join(folder, 'b.json'),
    '--json',
  ]
  const played = await runCommand(replay)
  expect(played.code, played.stderr).toBe(0)
  const { comparison, overrides } = JSON.parse(played.stdout)
  expect(overrides).toEqual(['latency with delayMs=20'])
  const second = read('b.json')
  // All but what was overridden, the secret and the seed included.
  const expected = essence(first.events).map((event, index) =>
    index === 0 ? { ...(event as object), parameters: { delayMs: 20, jitterMs: 0 } } : event,
  )
  expect(essence(second.events)).toEqual(expected)
  // The same people come: in each interval as many, but for the second in which its last scrape was made, and for a change of load that
  // came a little later on this machine.
  const lateS = Math.max(...second.events.map(({ atS }, index) => atS - (first.events[index]?.atS ?? 0)))
  const tolerance = HIGH_LOAD * (1.5 + lateS)
  const [ours, theirs] = [arrivals(second), arrivals(first)]
  expect(ours).toHaveLength(theirs.length)
  for (const [index, count] of ours.entries()) expect(Math.abs(count - (theirs[index] ?? 0))).toBeLessThan(tolerance)
  expect(theirs.at(-1)).toBeGreaterThan(100)
  const p95 = comparison.totals.find(({ what }: { what: string }) => what === 'p95')
  expect(p95.recorded).toBeGreaterThan(700)
  expect(p95.difference).not.toBe(0)
}, 150_000)

test('Ctrl-C ends a replay in order, and leaves nothing behind', async () => {
  const command = startCommand(['replay', join(folder, 'a.json')])
  await command.says('databases: ')
  command.kill('SIGINT')
  const { code, stderr } = await command.ended
  expect(stderr).toContain('interrupted; the cluster is stopped')
  expect(code).toBe(130)
}, 60_000)
