// What each action of a presenter's script leads to, as a query that is empty until it does: by script and title of the step.
// A script whose words promise more than these hold would leave its presenter standing there.

const attempts = 'sum(rate(http_client_request_duration_seconds_count{service="gateway", callee="products"}[10s]))'
const served = 'sum(rate(http_server_request_duration_seconds_count{service="gateway"}[10s]))'
const edgeEurope = 'sum(rate(http_server_request_duration_seconds_count{service="edge", region="eu"}[5s]))'
const answered =
  'sum(rate(http_client_request_duration_seconds_count{service="gateway", callee="products", outcome="ok"}[10s]))'

export const effects: Record<string, Record<string, string>> = {
  journey: {
    'More customers': 'sum(rate(http_server_request_duration_seconds_count{service="frontdoor"}[10s])) > 25',
    'Back to everyday load': 'sum(rate(http_server_request_duration_seconds_count{service="frontdoor"}[10s])) < 35',
  },
  retries: {
    // Nothing fails as yet: the same calls, one attempt each.
    'Take the safety off': `${answered} / ${attempts} > 0.9`,
    'Something gets slow': `${attempts} / ${served} > 1.5`,
    'Put the budget back': `${attempts} / ${served} < 1.2 and ${answered} / ${attempts} > 0.5`,
    'All as it was': `${answered} / ${attempts} > 0.9`,
  },
  region: {
    'Europe goes dark':
      '(sum by (region) (rate(http_server_request_duration_seconds_count{service="edge", region="eu"}[5s])) < 0.05) and on () ' +
      '(sum(rate(shop_customer_requests_total{customer_region="eu"}[15s])) > 0.3)',
    'Europe is back': `${edgeEurope} > 0.3`,
  },
}
