import { describe, expect, test } from 'vitest'
import { compareLabelSets, describeLabels, layOutLabels } from './label-columns.ts'

const orders = { __name__: 'up', service: 'orders', job: 'orders', instance: 'orders-1', region: 'na' }
const payments = { ...orders, service: 'payments', job: 'payments', instance: 'payments-2' }

describe('columns', () => {
  test('what all have in common is said once; equal columns are one', () => {
    expect(layOutLabels([orders, payments], 80)).toEqual({
      common: 'up{region="na"}',
      titles: ['service, job', 'instance  '],
      rows: [
        ['orders      ', 'orders-1  '],
        ['payments    ', 'payments-2'],
      ],
    })
  })

  test('one series has no columns, no label has no words', () => {
    expect(layOutLabels([orders], 80)).toMatchObject({ titles: [], rows: [[]] })
    expect(layOutLabels([{}], 80)).toEqual({ common: '', titles: [], rows: [[]] })
    expect(layOutLabels([], 80)).toEqual({ common: '', titles: [], rows: [] })
  })

  test('an absent label is an empty cell, a differing name a column', () => {
    const { titles, rows } = layOutLabels([{ __name__: 'a', code: '500' }, { __name__: 'b' }], 80)
    expect(titles).toEqual(['name', 'code'])
    expect(rows).toEqual([
      ['a   ', '500 '],
      ['b   ', '    '],
    ])
  })

  test('the widest is cut first', () => {
    const sets = [
      { service: 'orders', url: '/api/products/with/a/long/path' },
      { service: 'users', url: '/api' },
    ]
    expect(layOutLabels(sets, 20).rows).toEqual([
      ['orders ', '/api/produ…'],
      ['users  ', '/api       '],
    ])
  })

  test('too many columns for the room become one', () => {
    const sets = ['x', 'y'].map((value) => ({
      a: value,
      b: `${value}-b-long`,
      c: `${value}-c-long`,
      d: `${value}-d-long`,
      e: `${value}-e-long`,
    }))
    expect(layOutLabels(sets, 20)).toMatchObject({
      titles: ['series              '],
      rows: [['{a="x", b="x-b-long…'], ['{a="y", b="y-b-long…']],
    })
  })

  test('a label of a hostile backend moves no cursor', () => {
    const { common, rows } = layOutLabels(
      [
        { a: '\u001b[2J', b: '1' },
        { a: '\u001b[2J', b: '\n2' },
      ],
      80,
    )
    for (const character of ['\u001b', '\n']) expect(common + rows.join()).not.toContain(character)
  })
})

test('a set is described as a selector', () => {
  expect(describeLabels(orders)).toBe('up{service="orders", job="orders", instance="orders-1", region="na"}')
  expect(describeLabels({ __name__: 'up' })).toBe('up')
  expect(describeLabels({ path: 'a"b' })).toBe('{path="a\\"b"}')
})

test('series are sorted by name and labels, numbers by their value', () => {
  const sets = ['orders-10', 'orders-2', 'edge-na'].map((instance) => ({ ...orders, instance }))
  expect(sets.sort(compareLabelSets).map(({ instance }) => instance)).toEqual(['edge-na', 'orders-2', 'orders-10'])
  expect(compareLabelSets({ a: '1' }, { a: '1' })).toBe(0)
})
