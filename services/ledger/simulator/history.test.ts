import { expect, test } from 'vitest'
import { checkLinearizable, type Operation } from './history.ts'

/** `append` tells a position, `read` a length; the digest is the length unless given. */
function operation(
  kind: 'append' | 'read',
  place: number,
  invokedAt: number,
  answeredAt: number,
  digest = place,
): Operation {
  const result =
    kind === 'append'
      ? { kind: 'appended' as const, position: place }
      : { kind: 'read' as const, view: { length: place, digest } }
  return { client: 'c', name: `${kind} ${place}`, invokedAt, answeredAt, result }
}

const check = (...operations: Operation[]) => {
  return () => checkLinearizable(operations)
}

test.each([
  ['nothing', []],
  ['one after another', [operation('append', 1, 0, 1), operation('read', 1, 2, 3), operation('append', 2, 4, 5)]],
  ['overlapping, in either order', [operation('append', 2, 0, 10), operation('append', 1, 5, 15)]],
  ['a read that overlaps an append and does not see it', [operation('append', 1, 0, 10), operation('read', 0, 5, 6)]],
  ['two reads of the same', [operation('read', 0, 0, 1), operation('read', 0, 2, 3)]],
  ['answered as the next begins', [operation('append', 1, 0, 5), operation('read', 0, 5, 6)]],
])('linearizable: %s', (_name, operations) => {
  expect(check(...operations)).not.toThrow()
})

test.each([
  ['a stale read', [operation('append', 1, 0, 5), operation('read', 0, 6, 7)], 'did not see it'],
  ['reads that go back', [operation('read', 3, 0, 5), operation('read', 2, 6, 7)], 'did not see it'],
  ['appends out of order', [operation('append', 2, 0, 5), operation('append', 1, 6, 7)], 'did not see it'],
  ['one position twice', [operation('append', 1, 0, 5), operation('append', 1, 0, 5)], 'have one position'],
  ['a read from the future', [operation('read', 1, 0, 5), operation('append', 1, 6, 7)], 'did not see it'],
  ['other content of one length', [operation('read', 1, 0, 5, 7), operation('read', 1, 0, 5, 8)], 'different lists'],
  [
    'a violation that a later one does not hide',
    [operation('append', 5, 0, 1), operation('append', 3, 2, 3), operation('read', 9, 4, 5)],
    'did not see it',
  ],
])('not linearizable: %s', (_name, operations, complaint) => {
  expect(check(...operations)).toThrow(complaint)
})

test('what was not answered may have happened or not', () => {
  const unanswered: Operation = { ...operation('append', 1, 0, Number.POSITIVE_INFINITY), result: null }
  expect(check(unanswered, operation('read', 0, 1, 2), operation('read', 1, 3, 4))).not.toThrow()
})
