// Spells of equal state, from a series over time: what a bar of the state timeline is cut into.
import type { Cell, Field } from './frame.ts'

export type StateSpell = { value: Cell; startMs: number; endMs: number }

/** Consecutive equal values as one; a hole ends a spell. The last reaches to the end of its step. */
export function stateSpells(time: Field, states: Field, stepMs: number): StateSpell[] {
  const spells: StateSpell[] = []
  for (const [index, value] of states.values.entries()) {
    const at = time.values[index]
    if (typeof at !== 'number' || value === null || Number.isNaN(value)) continue
    const last = spells.at(-1)
    if (last && last.value === value && at - last.endMs < stepMs / 2) last.endMs = at + stepMs
    else spells.push({ value, startMs: at, endMs: at + stepMs })
  }
  return spells
}
