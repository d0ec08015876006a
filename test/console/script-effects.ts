// What each action of a presenter's script leads to, as a query that is empty until it does: by script and title of the step.
// A script whose words promise more than these hold would leave its presenter standing there.

const calls = 'sum by (callee) (rate(http_client_request_duration_seconds_count{service!="load"}[10s]))'
/** Attempts for each call that was wanted, of the callee with the most: 1 when none is repeated. As the dashboard has it. */
const amplification = `max(${calls} / (${calls} - sum by (callee) (rate(faultline_retries_total[10s]))))`
const edgeEurope = 'sum(rate(http_server_request_duration_seconds_count{service="edge", region="eu"}[5s]))'

export const effects: Record<string, Record<string, string>> = {
  journey: {
    'More customers': 'sum(rate(http_server_request_duration_seconds_count{service="frontdoor"}[10s])) > 25',
    'Back to everyday load': 'sum(rate(http_server_request_duration_seconds_count{service="frontdoor"}[10s])) < 35',
  },
  retries: {
    // Nothing fails as yet: nearly all calls are made once.
    'Take the safety off': `${amplification} < 1.2`,
    'Something gets slow': `${amplification} > 1.5`,
    'Put the budget back': `${amplification} < 1.2`,
    'All as it was': `${amplification} < 1.2`,
  },
  region: {
    'Europe goes dark':
      '(sum by (region) (rate(http_server_request_duration_seconds_count{service="edge", region="eu"}[5s])) < 0.05) and on () ' +
      '(sum(rate(shop_customer_requests_total{customer_region="eu"}[15s])) > 0.3)',
    'Europe is back': `${edgeEurope} > 0.3`,
  },
}
