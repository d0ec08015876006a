// The line of requests that wait for a node that works on as many as it may.
import { choice, whole } from './setting.ts'

export const queueing = {
  queueLength: whole({
    unit: 'requests',
    min: 0,
    max: 10_000,
    default: 1_000,
    does: 'Requests that may wait; further ones are refused, or push out the oldest where the newest come first.',
    cures: ['load-spike'],
  }),
  queueDiscipline: choice({
    choices: ['deadline', 'fifo', 'lifo'],
    default: 'deadline',
    does: 'Who is next: `deadline` takes the oldest whose deadline has not passed and whose client is still there, and drops the others; `fifo` takes the oldest and `lifo` the newest, whether anybody waits for the answer or not.',
    cures: ['metastable'],
  }),
  minServiceMs: whole({
    unit: 'ms',
    min: 0,
    max: 10_000,
    default: 0,
    does: 'Least time that a request holds its place among maxInFlight. It gives a node a known capacity, maxInFlight / minServiceMs, for experiments; 0 adds nothing.',
  }),
} as const
