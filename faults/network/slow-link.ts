// The question whether callers wait longer for a callee than the callee works: what slow links have in common.

/** The front door's calls last as long as its customers are away, and in a cluster of one region some are far away. */
const calls = '{outcome="ok", service!="frontdoor"}'
const client = `http_client_request_duration_seconds_bucket${calls}`
const server = 'http_server_request_duration_seconds_bucket'

const byLink = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le, instance, callee_instance) (rate(${client}[10s])))`

/** Calls a second that a link has at least: of fewer, one late answer is a tenth of them all. */
const LEAST_CALLS_PER_S = 3
const busy = `sum by (instance, callee_instance) (rate(http_client_request_duration_seconds_count${calls}[10s])) > ${LEAST_CALLS_PER_S}`

/** Busy links whose callers wait longer than `seconds` at this quantile, and three times as long as their callee works. */
export function slowLinks(quantile: number, seconds: number): string {
  const work = `histogram_quantile(${quantile}, sum by (le, instance) (rate(${server}[10s])))`
  const ofCallee = `label_replace(${work}, "callee_instance", "$1", "instance", "(.+)")`
  return `(${byLink(quantile)} > ${seconds} and (${busy})) > on (callee_instance) group_left () 3 * ${ofCallee}`
}

/** Links whose callers wait less than `seconds` at this quantile. */
export function fastLinks(quantile: number, seconds: number): string {
  return `${byLink(quantile)} < ${seconds}`
}
