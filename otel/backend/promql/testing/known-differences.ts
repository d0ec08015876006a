// Where an answer is meant to differ from that of Prometheus 2.42, and why. The differential test shows each of them to
// differ, and excuses nothing else: its generated and picked queries keep away from these cases.

export interface KnownDifference {
  readonly query: string
  readonly reason: string
  /** Asked over a range instead of at one time. */
  readonly range?: boolean
  /** Asked at a multiple of ten seconds instead of between samples. */
  readonly onTheGrid?: boolean
}

/** Version 3 (or a later 2.x) changed the language or mended a fault. */
export const CHANGED_SINCE: readonly KnownDifference[] = [
  { query: 'count_over_time(up[1m:10s])', onTheGrid: true, reason: 'ranges are left-open since 3.0' },
  {
    query: 'increase(young_total[5m])',
    reason: 'a counter is cut at its zero point after, no longer before, the half interval',
  },
  { query: 'holt_winters(temperature[5m], 0.5, 0.5)', reason: 'renamed in 3.0, and experimental since' },
  { query: 'temperature atan2 temperature', reason: 'atan2 drops the name like any arithmetic' },
  { query: 'stddev(special)', reason: 'the spread of a single value that is not finite is NaN' },
  { query: 'stddev_over_time(huge[2m])', reason: 'compensated sums that overflow stay infinite' },
  { query: 'histogram_fraction(0, 1, latency_seconds_bucket)', reason: 'works on classic histograms in version 3' },
  {
    query: 'requests_total{path="/"} > on(instance) requests_total{code="500",path="/cart"}',
    reason: 'several matches are refused even when a comparison drops all but one of them',
  },
  {
    query: 'predict_linear(temperature[1m] @ 1700001207.95, 60)',
    range: true,
    reason: 'range selectors with @ are looked at anew at each step, as they always should have been',
  },
  {
    query: 'count_values by (instance, sensor, version) ("v", info)',
    range: true,
    reason: '2.42 loses a grouping label after the first step',
  },
  { query: '1h + 1', reason: 'durations are numbers of seconds since 3.0' },
  { query: 'rate(requests_total[60])', reason: 'numbers are durations in seconds since 3.0' },
  { query: '{"up"}', reason: 'quoted metric names since 3.0' },
]

/** What we do otherwise than any version of Prometheus. */
export const OUR_OWN: readonly KnownDifference[] = [
  {
    query: 'hour(vector(NaN))',
    reason: 'Go turns what is no time into an integer that depends on the processor; here it is NaN',
  },
  {
    query: 'timestamp(up offset 8m @ 1700001003.95)',
    reason: 'Prometheus forgets the offset of a pinned selector within timestamp',
  },
]
