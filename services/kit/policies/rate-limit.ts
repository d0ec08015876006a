// How many requests one source may make, by a token bucket each; more are answered 429.
import { choice, onOff, real, whole } from './setting.ts'

export const rateLimit = {
  rateLimit: onOff({
    default: false,
    does: 'Refuses requests of a source beyond rateLimitPerS, after a burst of rateLimitBurst.',
    cures: ['noisy-neighbour', 'load-spike'],
  }),
  rateLimitPerS: real({
    unit: 'requests/s',
    min: 0.1,
    max: 100_000,
    default: 50,
    does: 'Requests a second that a node takes from one source.',
    cures: ['noisy-neighbour', 'load-spike'],
  }),
  rateLimitBurst: whole({
    unit: 'requests',
    min: 1,
    max: 100_000,
    default: 100,
    does: 'Requests that a source which was quiet may make at once.',
    cures: ['noisy-neighbour', 'load-spike'],
  }),
  rateLimitBy: choice({
    choices: ['caller', 'customer', 'path', 'all'],
    default: 'caller',
    does: 'What a source is: `caller` the kind of node that calls, `customer` the session (the region for those without), `path` the first two parts of the path, `all` everybody together.',
    cures: ['noisy-neighbour', 'load-spike'],
  }),
} as const
