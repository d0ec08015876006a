import { expect, test } from 'vitest'
import { catalogue } from '../../faults/catalogue.ts'
import { TaskQueue, tasksFor } from './queue.ts'

const all = { contract: true, impact: true, full: false }

test('every fault has its contract held once, and its impact measured where customers notice it', () => {
  const tasks = tasksFor(catalogue, all)
  const ids = (what: 'contract' | 'impact') => tasks.flatMap((task) => (task[what] ? [task.fault.id] : [])).sort()
  expect(ids('contract')).toEqual(catalogue.map(({ id }) => id).sort())
  const noticed = catalogue.filter(({ impact }) => impact.indicator !== null)
  expect(ids('impact')).toEqual(noticed.map(({ id }) => id).sort())
})

test('only what is wanted is done, and --full holds every contract in three regions', () => {
  const tasks = tasksFor(catalogue, { contract: true, impact: false, full: true })
  expect(tasks.every(({ size, impact }) => size === 'full' && impact === undefined)).toBe(true)
  expect(tasksFor(catalogue, { ...all, contract: false }).every(({ contract }) => contract === undefined)).toBe(true)
})

test('a cluster goes on with its size, and one cluster of three regions runs at a time', () => {
  const queue = new TaskQueue(tasksFor(catalogue, all))
  const fulls = queue.left.filter(({ size }) => size === 'full').length
  expect(fulls).toBeGreaterThan(1)
  let task = queue.take(undefined)
  while (task?.size === 'small') task = queue.take('small')
  expect(task?.size).toBe('full')
  expect(queue.take('small')).toBeUndefined()
  for (let left = fulls - 1; left > 0; left--) expect(queue.take('full')?.size).toBe('full')
  expect(queue.take('full')).toBeUndefined()
  expect(queue.left).toEqual([])
})
