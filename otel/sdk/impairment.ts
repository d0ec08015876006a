// What is wrong with this process's telemetry at the moment, for those of its parts that ask. Nothing, nearly always.

export type Impairment = {
  /** Share of traces that are kept, decided when they begin. */
  keepRatio: number
  /** Nothing that is to be sent finds a collector. */
  collectorGone: boolean
  /** Asked for each request that comes in: whether its trace context is not read. */
  losesContext: (() => boolean) | undefined
}

export const unimpaired: Impairment = { keepRatio: 1, collectorGone: false, losesContext: undefined }

/** Holds the present one: part of the telemetry's bootstrap, one a process. */
export class Impairments {
  current: Impairment = unimpaired
}
