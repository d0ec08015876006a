// The units in use, by their ids in Grafana. A closed set: a drawer of its own need not know more.
import * as units from '@grafana/grafana-foundation-sdk/units'

export const unit = {
  seconds: units.Seconds,
  milliseconds: units.Milliseconds,
  /** From 0 to 1. */
  share: units.PercentUnit,
  count: units.Short,
  requestsPerSecond: units.RequestsPerSecond,
  countsPerSecond: units.CountsPerSecond,
  bytes: units.BytesIEC,
  bytesPerSecond: units.BytesPerSecondIEC,
  dollars: units.Dollars,
  /** A moment, in milliseconds since the epoch. */
  moment: 'dateTimeAsIso',
  none: units.NoUnit,
} as const

export type Unit = (typeof unit)[keyof typeof unit]
