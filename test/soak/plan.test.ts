import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf } from '../../cluster/replay/check.ts'
import { catalogue } from '../../faults/catalogue.ts'
import { formatSchedule, parseSchedule } from '../../faults/schedules/schedule.ts'
import { readJourneys } from '../../services/load/journeys.ts'
import { alertMemories, memoriesOf } from './alert-memory.ts'
import { buyers } from './buyers.ts'
import { leftOut, planSoak } from './plan.ts'

const settings = { seed: 1, minutes: 30, size: 'full', load: 20 } as const

test('the same seed is the same plan, another one is another', () => {
  expect(planSoak(settings)).toEqual(planSoak(settings))
  expect(planSoak(settings).events).not.toEqual(planSoak({ ...settings, seed: 2 }).events)
})

test.each([
  ['full', 30],
  ['small', 30],
  ['small', 2],
] as const)('a plan for %s and %d minutes can be played, for every seed', (size, minutes) => {
  for (let seed = 0; seed < 12; seed++) {
    const plan = planSoak({ seed, minutes, size, load: 10 })
    expect(problemsOf(plan)).toEqual([])
    expect(parseSchedule(formatSchedule(plan), 'plan')).toEqual(plan)
    for (const event of plan.events)
      if (event.do === 'inject') expect(event.atS + event.forS).toBeLessThan(minutes * 60 + 0.2)
  }
})

test('half an hour has the whole catalogue, and kills of nodes, ledger nodes and databases', () => {
  for (const size of ['full', 'small'] as const) {
    const { events } = planSoak({ ...settings, size })
    const faults = new Set(events.flatMap((event) => (event.do === 'inject' ? [event.fault] : [])))
    const expected = catalogue.map(({ id }) => id).filter((id) => !leftOut(size).includes(id))
    expect([...faults].sort()).toEqual(expected.sort())
    const killed = events.flatMap((event) => (event.do === 'kill' ? [event.node] : []))
    for (const kind of ['postgres-', 'ledger-']) expect(killed.some((node) => node.startsWith(kind))).toBe(true)
  }
})

test('three at once at most, one database server at a time, and never the load generator', () => {
  const { events } = planSoak(settings)
  const faults = events.flatMap((event) =>
    event.do === 'inject' ? [{ ...event, untilS: event.atS + event.forS }] : [],
  )
  for (const { atS } of faults) {
    const active = faults.filter((one) => one.atS <= atS && atS < one.untilS)
    expect(active.length).toBeLessThanOrEqual(3)
    const onServers = active.filter((one) => catalogue.find(({ id }) => id === one.fault)?.acts.server !== undefined)
    expect(onServers.length).toBeLessThanOrEqual(1)
  }
  for (const event of events) {
    if (event.do === 'kill') expect(event.node).not.toMatch(/^load/)
    if (event.do === 'inject') expect(event.target ?? '').not.toMatch(/^load/)
  }
  expect(events[0]).toEqual({ atS: 0, do: 'set', name: 'synchronousReplication', value: 'any' })
})

test('no plan touches idempotency', () => {
  for (let seed = 0; seed < 8; seed++) {
    const { events } = planSoak({ ...settings, seed })
    expect(events.filter((event) => event.do === 'set').map(({ name }) => name)).toEqual(['synchronousReplication'])
  }
  for (const { acts, parameters } of catalogue) {
    expect(JSON.stringify(acts.policies?.(parameters.parse({})) ?? {})).not.toContain('idempotency')
  }
})

test('customers of a soak mostly buy', () => {
  const keen = buyers(readJourneys(undefined)).journeys
  const share = (some: typeof keen) => some.reduce((sum, { weight }) => sum + weight, 0)
  const buying = keen.filter(({ steps }) => steps.some((step) => step.do === 'checkout'))
  expect(share(buying) / share(keen)).toBeGreaterThan(0.6)
  expect(keen.every(({ thinkMs, steps }) => thinkMs === undefined && steps.every((step) => !step.thinkMs))).toBe(true)
})

test('an alert remembers as far as its expression looks back, through the rules that it reads', () => {
  const rules = [
    { record: 'a:b', expr: 'rate(x[5m])' },
    { record: 'c:d', expr: 'max_over_time(a:b[30s])' },
    { alert: 'One', expr: 'c:d > 1 and rate(y[2m]) > 0', keep_firing_for: '15s' },
    { alert: 'Two', expr: 'up == 0' },
  ]
  expect([...memoriesOf(rules)]).toEqual([
    ['One', 120 + 330 + 15],
    ['Two', 0],
  ])
  const real = alertMemories(join(resolve(import.meta.dirname, '../..'), 'otel/rules'))
  expect(real.get('JourneyBurning')).toBeGreaterThanOrEqual(7_200)
  expect(real.get('OrdersNotShipped')).toBe(0)
})
