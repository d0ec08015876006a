// When one replica among several is left out.
import { onOff, real, whole } from './setting.ts'

export const outlierEjection = {
  outlierEjection: onOff({
    default: true,
    does: 'Leaves a replica out of balancing for a while when it keeps failing, whatever its health check says.',
    cures: ['blackhole', 'freeze', 'bad-canary'],
  }),
  ejectAfter: whole({
    unit: 'failures in a row',
    min: 1,
    max: 1_000,
    default: 3,
    does: 'Failures of one replica, one after another, that eject it.',
  }),
  ejectForMs: whole({
    unit: 'ms',
    min: 1,
    max: 600_000,
    default: 5_000,
    does: "The first ejection's length; it grows with each further one, up to tenfold.",
  }),
  maxEjectedShare: real({
    unit: 'ejected replicas a replica',
    min: 0,
    max: 1,
    default: 0.5,
    does: 'Share of the replicas that may be ejected at a time: the rest has to carry the load.',
  }),
} as const
