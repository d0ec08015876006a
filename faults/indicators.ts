// What customers feel, as PromQL over what the load generator measured: the indicators that faults degrade.

/** Share of the customers' requests that failed, 0–1. */
export const customerErrorRatio =
  'sum(rate(load_request_duration_seconds_count{outcome=~"error|wrong"}[15s])) / sum(rate(load_request_duration_seconds_count[15s]))'

/** 95th percentile of what customers waited, in seconds. */
export const customerP95 = 'histogram_quantile(0.95, sum by (le) (rate(load_request_duration_seconds_bucket[15s])))'

/** Right answers a second that customers got in time. */
export const goodput = 'sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[5s]))'

/** Requests a second that customers make, repeats not counted. */
export const offered = 'sum(rate(load_requests_offered_total[5s]))'
