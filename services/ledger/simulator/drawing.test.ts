import { expect, test } from 'vitest'
import type { Message } from '../raft/messages.ts'
import { Drawing } from './drawing.ts'

const vote = { kind: 'RequestVote', term: 2, lastLogIndex: 1, lastLogTerm: 1, leadershipTransfer: false } as const
const sent = (at: number, message: Message, isLost = false) => ({
  at,
  kind: 'message' as const,
  message,
  sentAt: 0,
  isLost,
})
const heartbeat: Message = {
  kind: 'AppendEntries',
  from: 'n1',
  to: 'n2',
  term: 2,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: [],
  leaderCommit: 0,
  round: 0,
}

function drawn(last = 100): string {
  const drawing = new Drawing({ last, heartbeats: false })
  drawing.add({ at: 1, kind: 'event', server: 'n1', text: 'starts' })
  drawing.add({ at: 1, kind: 'event', server: 'n2', text: 'starts' })
  drawing.add(sent(5, { ...vote, from: 'n1', to: 'n2' }))
  drawing.add(sent(9, { kind: 'RequestVoteResponse', from: 'n2', to: 'n1', term: 2, voteGranted: true }, true))
  drawing.add(sent(9, heartbeat))
  drawing.add({ at: 12, kind: 'note', text: 'everything heals' })
  return drawing.text()
}

test('draws a column a server, arrows as messages arrive, lost ones crossed out, no heartbeats', () => {
  expect(`\n${drawn()}\n`).toBe(`
                    n1                        n2            
      1         ● starts                      │
      1             │                     ● starts
      5             │ ─ RequestVote t2 log 1──▶
      9             │ ✗─ RequestVote t2 grant──
     12 ················· everything heals ·················
`)
})

test('keeps the last lines and says how many it left out', () => {
  const lines = drawn(2).split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toContain('(3 earlier lines are not shown)')
})
