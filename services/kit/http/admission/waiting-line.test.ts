import { expect, test } from 'vitest'
import { type DropReason, type QueueDiscipline, type Waiting, WaitingLine } from './waiting-line.ts'

type Named = Waiting & { name: string }

/** `a`, `b`, … arrived at 0, 1, … ms; `deadlines` and `gone` by name. */
function lineOf(names: string, options: { deadlines?: Record<string, number>; gone?: string } = {}) {
  const dropped: [string, DropReason][] = []
  const line = new WaitingLine<Named>(({ name }, reason) => dropped.push([name, reason]))
  for (const [arrivedAtMs, name] of [...names].entries()) {
    const isAbandoned = options.gone?.includes(name) ?? false
    line.push({ name, arrivedAtMs, deadlineAtMs: options.deadlines?.[name], isAbandoned })
  }
  const drain = (discipline: QueueDiscipline, nowMs = 100) => {
    let order = ''
    for (let next = line.next(discipline, nowMs); next; next = line.next(discipline, nowMs)) order += next.name
    return order
  }
  return { line, dropped, drain }
}

test.each([
  ['fifo', 'abcd', []],
  ['lifo', 'dcba', []],
  [
    'deadline',
    'bd',
    [
      ['a', 'deadline'],
      ['c', 'abandoned'],
    ],
  ],
] as const)('%s serves %s', (discipline, order, drops) => {
  const { drain, dropped, line } = lineOf('abcd', { deadlines: { a: 100, b: 101 }, gone: 'c' })
  expect(drain(discipline)).toBe(order)
  expect(dropped).toEqual(drops)
  expect(line.length).toBe(0)
})

test.each([
  ['fifo', false, []],
  ['lifo', true, [['a', 'queue_full']]],
  ['deadline', true, [['b', 'deadline']]],
] as const)('a full line: %s', (discipline, hasRoom, drops) => {
  const { line, dropped } = lineOf('abc', { deadlines: { b: 50 } })
  expect(line.makeRoom(3, discipline, 100)).toBe(hasRoom)
  expect(dropped).toEqual(drops)
  expect(line.length).toBe(hasRoom ? 2 : 3)
})

test('a line of no length takes nobody', () => {
  for (const discipline of ['fifo', 'lifo', 'deadline'] as const) {
    expect(lineOf('').line.makeRoom(0, discipline, 0)).toBe(false)
  }
})

test('a discipline may change while many wait, and nobody is lost', () => {
  const { line } = lineOf('')
  for (let index = 0; index < 1_000; index++) {
    line.push({ name: String(index), arrivedAtMs: index, deadlineAtMs: undefined, isAbandoned: false })
  }
  const served = new Set<string>()
  for (let index = 0; index < 1_000; index++) {
    const next = line.next(index % 3 === 0 ? 'lifo' : 'fifo', 0)
    if (next) served.add(next.name)
  }
  expect(served.size).toBe(1_000)
  expect(line.next('fifo', 0)).toBeUndefined()
})
