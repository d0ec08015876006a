// Leader election (§5.2, §5.4.1) with pre-vote (dissertation §9.6): a server that cannot win does not disturb. Followers that hear of a leader
// defend it (dissertation §4.2.3), so that a server that is cut off, or was removed, cannot depose it.

import type { Message, MessageOf, NodeId } from './messages.ts'
import { becomeFollower, becomeLeader, envelope, respond, restartElectionTimer, type Server } from './server.ts'

/** A tick of a server that does not lead. */
export function tickElection(server: Server): void {
  server.electionElapsed++
  // A server that is being given a snapshot would only lose.
  if (server.electionElapsed < server.electionTimeout || !mayCampaign(server) || server.pendingSnapshot) return
  startPreElection(server)
}

export function startPreElection(server: Server): void {
  server.state = { role: 'pre-candidate', votes: new Map() }
  server.leader = null
  restartElectionTimer(server)
  for (const to of otherVoters(server)) {
    server.messages.push({ kind: 'PreVote', ...envelope(server, to), ...lastLog(server) })
  }
  countVote(server, server.id, true)
}

/** Its own vote counts, and the others are asked, once term and vote are synced. */
export function startElection(server: Server, leadershipTransfer = false): void {
  server.currentTerm++
  server.votedFor = server.id
  server.state = { role: 'candidate', votes: new Map() }
  server.leader = null
  restartElectionTimer(server)
  for (const to of otherVoters(server)) {
    server.messagesAfterSync.push({
      kind: 'RequestVote',
      ...envelope(server, to),
      ...lastLog(server),
      leadershipTransfer,
    })
  }
}

/** Would this server vote for it? Nothing is promised, so nothing is remembered. */
export function handlePreVote(server: Server, message: MessageOf<'PreVote'>): void {
  const voteGranted = message.term >= server.currentTerm && !defendsLeader(server) && isUpToDate(server, message)
  server.messages.push({
    kind: 'PreVoteResponse',
    ...envelope(server, message.from),
    requestTerm: message.term,
    voteGranted,
  })
}

export function handlePreVoteResponse(server: Server, message: MessageOf<'PreVoteResponse'>): void {
  if (server.state.role !== 'pre-candidate' || message.requestTerm !== server.currentTerm) return
  countVote(server, message.from, message.voteGranted)
}

/** Of the current term: an earlier one was refused, a later one adopted. */
export function handleRequestVote(server: Server, message: MessageOf<'RequestVote'>): void {
  const voteGranted = server.rules.mayVote(server.votedFor, message.from) && isUpToDate(server, message)
  if (voteGranted) {
    server.votedFor = message.from
    server.electionElapsed = 0
    server.messagesAfterSync.push({ kind: 'RequestVoteResponse', ...envelope(server, message.from), voteGranted })
  } else {
    respond(server, { kind: 'RequestVoteResponse', ...envelope(server, message.from), voteGranted })
  }
}

export function handleRequestVoteResponse(server: Server, message: MessageOf<'RequestVoteResponse'>): void {
  if (server.state.role === 'candidate') countVote(server, message.from, message.voteGranted)
}

/** The leader hands over: no pre-vote, for the others would defend it. */
export function handleTimeoutNow(server: Server, message: MessageOf<'TimeoutNow'>): void {
  if (server.state.role === 'follower' && server.leader === message.from && mayCampaign(server))
    startElection(server, true)
}

/** `term` and `votedFor` are synced. */
export function ownVoteSynced(server: Server, term: number): void {
  if (server.state.role === 'candidate' && term === server.currentTerm) countVote(server, server.id, true)
}

/** It heard of a leader so lately that nobody can have reason to elect another. */
export function defendsLeader(server: Server): boolean {
  return server.leader !== null && (server.leader === server.id || server.electionElapsed < server.config.electionTicks)
}

/** One whose removal is in its log may be needed until that is committed (dissertation §4.2.2); its own vote does not count. */
function mayCampaign({ log, commitIndex, id }: Server): boolean {
  return log.membership.voters.includes(id) || log.membershipAt(commitIndex).voters.includes(id)
}

function countVote(server: Server, from: NodeId, granted: boolean): void {
  const { state, rules } = server
  if (state.role !== 'pre-candidate' && state.role !== 'candidate') return
  const { voters } = server.log.membership
  if (!voters.includes(from)) return
  state.votes.set(from, granted)
  const needed = rules.quorumSize(voters.length)
  const count = (answer: boolean) => voters.filter((voter) => state.votes.get(voter) === answer).length
  if (count(true) >= needed) {
    if (state.role === 'candidate') becomeLeader(server)
    else startElection(server)
  } else if (count(false) > voters.length - needed) {
    becomeFollower(server, server.currentTerm, null)
  }
}

function isUpToDate(server: Server, { lastLogIndex, lastLogTerm }: MessageOf<'PreVote' | 'RequestVote'>): boolean {
  const own = { index: server.log.lastIndex, term: server.log.lastTerm }
  return server.rules.isUpToDate({ index: lastLogIndex, term: lastLogTerm }, own)
}

function lastLog(server: Server): Pick<Extract<Message, { kind: 'PreVote' }>, 'lastLogIndex' | 'lastLogTerm'> {
  return { lastLogIndex: server.log.lastIndex, lastLogTerm: server.log.lastTerm }
}

function otherVoters(server: Server): NodeId[] {
  return server.log.membership.voters.filter((voter) => voter !== server.id)
}
