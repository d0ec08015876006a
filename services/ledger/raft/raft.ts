// The entry to the core: no I/O, no clock, no randomness. Time comes by `tick`, the world by `step`, and what to do is told by `ready`.
import type { Raft, RaftConfig } from './api.ts'

export function createRaft(_config: RaftConfig): Raft {
  throw new Error('being written: the interface stands')
}
