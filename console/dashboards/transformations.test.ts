import { describe, expect, test } from 'vitest'
import type { Cell, Field, Frame } from './frame.ts'
import { sortFrame, transform } from './transformations.ts'

function field(name: string, ...values: Cell[]): Field {
  return { name, type: typeof values[0] === 'number' ? 'number' : 'string', values, labels: {} }
}

function frame(refId: string, ...fields: Field[]): Frame {
  return { refId, fields }
}

function cells(frames: readonly Frame[]): Record<string, readonly Cell[]>[] {
  return frames.map(({ fields }) => Object.fromEntries(fields.map(({ name, values }) => [name, values])))
}

const requests = frame('A', field('Time', 5, 5), field('service', 'orders', 'users'), field('Value #A', 1, 2))
const failed = frame('B', field('Time', 5), field('service', 'users'), field('Value #B', 0.5))
const empty = frame('C', field('Time'), field('Value #C'))

describe('merge', () => {
  test('puts rows of equal labels beside each other, and leaves holes', () => {
    const { frames } = transform([requests, failed, empty], [{ id: 'merge', options: {} }])
    expect(cells(frames)).toEqual([
      { Time: [5, 5], service: ['orders', 'users'], 'Value #A': [1, 2], 'Value #B': [null, 0.5] },
    ])
  })

  test('of nothing but empty frames is empty', () => {
    expect(cells(transform([empty], [{ id: 'merge' }]).frames)).toEqual([{ Time: [], 'Value #C': [] }])
  })

  test('with a filter leaves other frames where they were', () => {
    const edges = frame('E', field('id', 'x'))
    const filter = { id: 'byRefId', options: '/^(?:A|B)$/' }
    const { frames } = transform([requests, failed, edges], [{ id: 'merge', filter }])
    expect(frames.map(({ refId }) => refId)).toEqual(['A', 'E'])
    const behind = transform([edges, requests, failed], [{ id: 'merge', filter }])
    expect(behind.frames.map(({ refId }) => refId)).toEqual(['E', 'A'])
  })
})

test('organize leaves out, orders and renames', () => {
  const options = {
    excludeByName: { Time: true },
    indexByName: { 'Value #A': 0, service: 1 },
    renameByName: { 'Value #A': 'Requests' },
  }
  const { frames } = transform([requests], [{ id: 'organize', options }])
  expect(frames[0]?.fields.map(({ name }) => name)).toEqual(['Requests', 'service'])
})

test('sorting: missing last, numbers in names by their value', () => {
  const table = frame('A', field('node', 'orders-10', 'orders-2', 'orders-1'), field('n', 3, Number.NaN, 1))
  expect(cells([sortFrame(table, 'n', true)])[0]?.['node']).toEqual(['orders-10', 'orders-1', 'orders-2'])
  expect(cells([sortFrame(table, 'n', false)])[0]?.['node']).toEqual(['orders-1', 'orders-10', 'orders-2'])
  expect(cells([sortFrame(table, 'node', false)])[0]?.['node']).toEqual(['orders-1', 'orders-2', 'orders-10'])
})

test('what is not known is told, and changes nothing', () => {
  const outcome = transform([requests], [{ id: 'teleport' }])
  expect(outcome).toEqual({ frames: [requests], unknown: ['teleport'] })
})
