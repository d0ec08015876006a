import { expect, test } from 'vitest'
import { afterLook, type Look, opened } from './arrival.ts'

/** Looks at these seconds after opening: `s3` three spans, `l2` two log lines, `-` nothing there. The trace ended at `endS`. */
function arriving(fresh: boolean, looks: string, endS = 0): boolean {
  const openedMs = 1_700_000_000_000
  const told = looks.split(' ').map((word): Look => {
    const [, kind, count, atS] = /^([sl-])(\d*)@(\d+)$/.exec(word) ?? []
    const atMs = openedMs + Number(atS) * 1_000
    if (kind === '-') return { kind: 'nothing', atMs }
    if (kind === 'l') return { kind: 'lines', count: Number(count), atMs }
    return { kind: 'spans', count: Number(count), endMs: openedMs + endS * 1_000, atMs }
  })
  return told.reduce(afterLook, opened(fresh, openedMs)).arriving
}

test.each<[string, string, boolean]>([
  ['of which nothing is there is waited for', '-@0 -@14', true],
  ['that never comes is given up', '-@0 -@15', false],
  ['is looked at again after a first part', '-@0 s3@2', true],
  ['that grows is looked at for longer', 's3@0 s3@3 s30@4 s30@8', true],
  ['without anything new is whole', 's3@0 s30@4 s30@9', false],
  ['whose logs come later than its spans is not whole', 's30@0 l0@0 s30@4 l7@4 s30@8 l7@8', true],
  ['without any logs is whole', 's30@0 l0@0 s30@5 l0@5', false],
  ['that grows for ever is left alone', 's1@0 s2@20 s3@40 s4@60', false],
])('a fresh trace %s: %s', (_, looks, expected) => {
  expect(arriving(true, looks)).toBe(expected)
})

test.each<[string, string, number, boolean]>([
  ['that ended long ago is whole at once', 's30@0 l7@0', -60, false],
  ['that ended a moment ago may not be', 's30@0 l0@0', -3, true],
  ['that ended a moment ago is whole a little later', 's30@0 l0@0 s30@2 l0@2', -3, false],
  ['that grows, whenever it ended, may grow further', 's30@0 s31@2', -4, true],
  ['of a clock that is ahead is no longer waited for', 's30@0 s30@5', 3_600, false],
  ['that is not there is not waited for', '-@0', 0, false],
])('a trace %s: %s', (_, looks, endS, expected) => {
  expect(arriving(false, looks, endS)).toBe(expected)
})
