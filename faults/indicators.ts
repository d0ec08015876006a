// What customers feel, as PromQL over what the load generator measured: the indicators that faults degrade.

export type Indicator = {
  /** In a few words, for a table. */
  name: string
  /** One series; none counts as no value. */
  promql: string
  /** `share` is 0–1. */
  unit: 'share' | 'seconds' | 'perSecond' | 'times'
  /** Whether more of it is worse for customers, or less. */
  worse: 'more' | 'less'
  /** A difference that chance alone makes, in its unit. */
  noise: number
}

/** Long enough for some hundred requests at the load of a lab, short enough to follow a change. */
export const WINDOW_S = 10

const requests = (matcher: string) => `sum(rate(load_request_duration_seconds_count${matcher}[${WINDOW_S}s]))`
const p95Of = (matcher: string) =>
  `histogram_quantile(0.95, sum by (le) (rate(load_request_duration_seconds_bucket${matcher}[${WINDOW_S}s])))`

function failures(name: string, outcomes: string, others = ''): Indicator {
  // A series begins with the first failure.
  const promql = `(${requests(`{outcome=~"${outcomes}"${others}}`)} or vector(0)) / ${requests(others === '' ? '' : `{${others.slice(1)}}`)}`
  return { name, promql, unit: 'share', worse: 'more', noise: 0.015 }
}

/** Share of the customers' requests that failed. */
export const customerErrorRatio = failures('failed requests', 'error|wrong')

/** The same of the customers of one region. */
export function errorRatioOf(region: string): Indicator {
  return failures(`failed requests of ${region}`, 'error|wrong', `,customer_region="${region}"`)
}

/** Share of the requests whose answer is not what was asked for. */
export const wrongAnswers: Indicator = { ...failures('wrong answers', 'wrong'), noise: 0.005 }

const visitors = 'journey=~"browse|search|inspire"'

/** 95th percentile of what those waited who look around, failures included. Whoever logs in waits for a slow hash besides. */
export const customerP95: Indicator = {
  name: 'p95',
  promql: p95Of(`{${visitors}}`),
  unit: 'seconds',
  worse: 'more',
  noise: 0.05,
}

/** The same of the customers of one region. */
export function p95OfRegion(region: string): Indicator {
  return { ...customerP95, name: `p95 of ${region}`, promql: p95Of(`{${visitors}, customer_region="${region}"}`) }
}

const checkouts = (matcher = '') =>
  `sum(rate(http_server_request_duration_seconds_count{service="gateway", http_route="/api/checkout"${matcher}}[${WINDOW_S}s]))`

/** Share of the checkouts that fail, or only get "pending", as the gateway answered them: too few for the load generator to show. */
export const unconfirmedCheckouts: Indicator = {
  name: 'checkouts not confirmed',
  promql: `(${checkouts(', http_response_status_code=~"202|499|5.."')} or vector(0)) / ${checkouts()}`,
  unit: 'share',
  worse: 'more',
  noise: 0.1,
}

/** Right answers a second that customers got in time. */
export const goodput: Indicator = {
  name: 'right answers',
  promql: 'sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[5s]))',
  unit: 'perSecond',
  worse: 'less',
  noise: 1,
}

/** Requests a second that customers make, repeats not counted. */
export const offered = 'sum(rate(load_requests_offered_total[5s]))'

/** Of what customers ask for, the share that they get in time. */
export const goodShare: Indicator = {
  name: 'requests answered well',
  promql: `(${requests('{outcome=~"ok|refused"}')} or vector(0)) / sum(rate(load_requests_offered_total[${WINDOW_S}s]))`,
  unit: 'share',
  worse: 'less',
  noise: 0.05,
}

/** Of the orders that are accepted, as many as are shipped meanwhile. */
export const shippedShare: Indicator = {
  name: 'orders shipped',
  promql: `clamp_max((sum(rate(shop_shipments_total[${WINDOW_S}s])) or vector(0)) / sum(rate(shop_orders_total{outcome="accepted"}[${WINDOW_S}s])), 1)`,
  unit: 'share',
  worse: 'less',
  noise: 0.15,
}

/** Charges and parcels that customers got twice. */
export const doneAgain: Indicator = {
  name: 'done twice',
  promql: `sum(rate(shop_repetitions_total{outcome="done_again"}[${WINDOW_S}s])) or vector(0)`,
  unit: 'perSecond',
  worse: 'more',
  noise: 0.05,
}

/** Reads that a replica answers with what was true more than two seconds ago. */
export const staleReads: Indicator = {
  name: 'stale reads',
  promql:
    `sum(rate(db_client_operation_duration_seconds_count{db_client_connection_pool_name="replica", db_operation_name="SELECT", db_collection_name="products"}[${WINDOW_S}s]) ` +
    'and on (instance) faultline_replication_lag_seconds > 2) or vector(0)',
  unit: 'perSecond',
  worse: 'more',
  noise: 0.1,
}

/** Attempts for each call of a kind of node: what repeats make of the load that there is. Not felt by customers, but by the callee. */
export function amplificationOf(callee: string): Indicator {
  const attempts = `sum(rate(http_client_request_duration_seconds_count{callee="${callee}"}[${WINDOW_S}s]))`
  const repeats = `sum(rate(faultline_retries_total{callee="${callee}"}[${WINDOW_S}s]))`
  return {
    name: `attempts for each call of ${callee}`,
    promql: `${attempts} / (${attempts} - ${repeats})`,
    unit: 'times',
    worse: 'more',
    noise: 0.2,
  }
}

/** For people: `12 %`, `0.35 s`, `0.7 /s`. */
export function formatIndicator(value: number | null, { unit }: Indicator): string {
  if (value === null) return 'no value'
  switch (unit) {
    case 'share':
      return `${Number((value * 100).toFixed(value < 0.1 ? 1 : 0))} %`
    case 'seconds':
      return value < 1 ? `${Math.round(value * 1_000)} ms` : `${value.toFixed(1)} s`
    case 'perSecond':
      return `${value.toFixed(1)} /s`
    case 'times':
      return value.toFixed(1)
  }
}
