import { expect, test } from 'vitest'
import type { Cell, Field } from './frame.ts'
import { stateSpells } from './state-spells.ts'

const field = (...values: Cell[]): Field => ({ name: 'x', type: 'number', values, labels: {} })

test('equal neighbours are one spell, a hole ends it', () => {
  expect(stateSpells(field(0, 10, 20, 30, 40), field(1, 1, 2, null, 2), 10)).toEqual([
    { value: 1, startMs: 0, endMs: 20 },
    { value: 2, startMs: 20, endMs: 30 },
    { value: 2, startMs: 40, endMs: 50 },
  ])
})
