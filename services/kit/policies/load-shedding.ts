// How much a node takes on, and when it refuses (503) rather than be late for everybody.
import { whole } from './setting.ts'

export const loadShedding = {
  maxInFlight: whole({
    unit: 'requests',
    min: 1,
    max: 10_000,
    default: 1_000,
    does: 'Requests that a node works on at once; further ones wait in its queue.',
    cures: ['load-spike'],
  }),
  maxLoopDelayMs: whole({
    unit: 'ms',
    min: 0,
    max: 10_000,
    default: 0,
    does: 'Refuses new requests while the event loop is later than this; 0 never does.',
    cures: ['event-loop-block'],
  }),
} as const
