import { expect, test } from 'vitest'
import type { Entry } from '../raft/messages.ts'
import { Disk } from './disk.ts'
import { Random } from './random.ts'
import { StateMachine } from './state-machine.ts'

const members = { voters: ['a'], learners: [] }
const entry = (index: number, term = 1): Entry => ({ kind: 'no-op', index, term })
const write = (...entries: Entry[]) => ({ kind: 'log' as const, hardState: null, entries })
const indexes = (disk: Disk) => disk.contents.log.map(({ index }) => index)

test('a crash of the process loses nothing, one of the machine some of what was not synced, the latest first', () => {
  const lengths = new Set<number>()
  for (let seed = 0; seed < 100; seed++) {
    const disk = new Disk(members)
    for (const index of [1, 2]) disk.write(write(entry(index)))
    disk.sync(2)
    disk.write(write(entry(3), entry(4), entry(5)))
    disk.write(write(entry(6)))
    expect(indexes(disk)).toEqual([1, 2, 3, 4, 5, 6])
    disk.lose(new Random(seed))
    const left = indexes(disk)
    expect(left).toEqual([1, 2, 3, 4, 5, 6].slice(0, left.length))
    lengths.add(left.length)
  }
  expect([...lengths].sort()).toEqual([2, 3, 4, 5, 6])
  const survivor = new Disk(members)
  survivor.write(write(entry(1)))
  survivor.survive()
  survivor.lose(new Random(1))
  expect(indexes(survivor)).toEqual([1])
})

test('overwrites from the first entry on, and refuses a gap', () => {
  const disk = new Disk(members)
  disk.write(write(entry(1), entry(2), entry(3)))
  disk.write(write(entry(2, 2)))
  expect(disk.contents.log).toEqual([entry(1), entry(2, 2)])
  expect(() => disk.write(write(entry(4)))).toThrow('leaves a gap')
})

test('of the log remains what continues an installed snapshot', () => {
  const content = new StateMachine()
  const install = (lastIncludedTerm: number) => {
    const disk = new Disk(members)
    disk.write(write(entry(1), entry(2), entry(3)))
    disk.write({ kind: 'install', content, snapshot: { lastIncludedIndex: 2, lastIncludedTerm, membership: members } })
    return indexes(disk)
  }
  expect(install(1)).toEqual([3])
  expect(install(2)).toEqual([])
})
