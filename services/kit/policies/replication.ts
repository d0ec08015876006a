// Whether a commit waits for the replicas of the database.
import { choice } from './setting.ts'

export const replication = {
  synchronousReplication: choice({
    choices: ['off', 'any', 'all'],
    default: 'off',
    does: 'How many replicas must have a commit before it counts: none, any one, or all. Nothing that was accepted is lost with the primary then; each commit takes the way to a replica, and waits for as long as none answers.',
    cures: ['failover'],
  }),
} as const
