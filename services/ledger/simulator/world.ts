// What everything in a simulation shares.
import type { Message, NodeId } from '../raft/messages.ts'
import type { SafetyRules } from '../raft/rules.ts'
import type { Climate } from './climate.ts'
import type { EventQueue } from './event-queue.ts'
import type { Invariants } from './invariants.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'

export type World = {
  random: Random
  queue: EventQueue
  climate: Climate
  network: Network
  invariants: Invariants
  /** Keeps what happened, to be drawn; undefined when nobody will look. */
  record: ((happening: Happening) => void) | undefined
  mutant: Mutant
}

/** What is broken on purpose. Empty: nothing. */
export type Mutant = {
  rules?: Partial<SafetyRules>
  /** Of the storage: says that it is synced when it is written. */
  skipsSync?: boolean
  /** Of the storage: writes the term, and not the vote. */
  forgetsVote?: boolean
}

export type Happening = { at: number } & (
  | { kind: 'message'; message: Message; sentAt: number; isLost: boolean }
  /** At one server. */
  | { kind: 'event'; server: NodeId; text: string }
  /** To all of them. */
  | { kind: 'note'; text: string }
)
