// 1. What customers feel, and whether anything fires.
import { barGauge } from './panels/bar-gauge.ts'
import { pathOf } from './panels/catalogue.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { quantile, share, sumRate } from './panels/promql.ts'
import { stat } from './panels/stat.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { customerRegion } from './panels/variables.ts'

const customers = 'customer_region=~"$customer_region"'
const answers = 'load_request_duration_seconds'
const answered = (labels: string, more = '') => sumRate(`${answers}_count`, labels, `${customers}${more}`)
const failing = ', outcome=~"error|wrong"'
const toJourney = [
  {
    title: 'Traces of this journey',
    url: pathOf('tracing', { journey: `\${__field.labels.journey}` }),
  },
]

export const shop = buildDashboard({
  id: 'shop',
  headline: `**Do customers get what they came for?** Offered and answered load lie on each other, errors at zero, the slowest journey under
its limit: all is well, whatever single nodes do. A gap between offered and answered, or a journey that leaves the others, is where to begin:
[which service?](/d/faultline-failures) · [which request?](/d/faultline-tracing) · [how much budget is left?](/d/faultline-objectives)`,
  variables: [customerRegion],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Offered',
          info: 'Requests a second that customers begin, whether the shop keeps up or not.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: sumRate('load_requests_offered_total', ''), legend: 'offered' }],
          decimals: 1,
        }),
        stat({
          title: 'Answered well',
          info: 'Requests a second that got the right answer, a refused card among them: goodput.',
          unit: unit.requestsPerSecond,
          queries: [{ expr: answered('', ', outcome=~"ok|refused"'), legend: 'answered' }],
          decimals: 1,
        }),
        stat({
          title: 'Errors',
          info: 'Share of the answers that were errors, or wrong, as customers saw them.',
          unit: unit.share,
          queries: [{ expr: share(answered('', failing), answered('')), legend: 'errors' }],
          limits: { doubtful: 0.005, bad: 0.02 },
          decimals: 2,
        }),
        stat({
          title: '95 % are answered within',
          info: 'The time that one request of twenty takes longer than, over all journeys.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, answers, '', customers), legend: 'p95' }],
          limits: { doubtful: 0.75, bad: 2 },
        }),
        stat({
          title: 'Accepted a minute',
          info: 'Orders that were accepted, charged and confirmed.',
          unit: unit.count,
          queries: [
            {
              expr: `60 * ${sumRate('shop_orders_total', '', `outcome="accepted", ${customers}`)}`,
              legend: 'orders',
            },
          ],
          decimals: 0,
        }),
        stat({
          title: 'Alerts firing',
          info: 'All severities: a page means that customers suffer, a cause explains why it may be.',
          unit: unit.count,
          queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'firing' }],
          limits: { bad: 1 },
        }),
      ],
    },
    {
      title: 'What customers feel',
      panels: [
        timeSeries({
          title: 'Offered against answered load',
          info: `The load generator keeps to its pace whether answers come or not, so an outage shows as a gap instead of hiding in fewer requests.
Dropped arrivals are those that it could not send in time: then the generator itself is the limit.`,
          unit: unit.requestsPerSecond,
          queries: [
            { expr: 'sum(load_target_requests_per_second)', legend: 'target' },
            { expr: sumRate('load_requests_offered_total', ''), legend: 'offered' },
            { expr: answered(''), legend: 'answered' },
            { expr: sumRate('load_requests_dropped_total', ''), legend: 'dropped' },
          ],
          colors: { target: 'text', offered: 'blue', answered: 'green', dropped: 'red' },
        }),
        timeSeries({
          title: 'Errors by journey',
          info: `Share of each journey's requests that failed or were answered wrongly. One journey alone points at the service that only it needs;
all together at what they share: the frontdoor, an edge, a gateway, a database.`,
          unit: unit.share,
          queries: [{ expr: share(answered('journey', failing), answered('journey')), legend: '{{journey}}' }],
          limits: { bad: 0.02 },
          links: toJourney,
        }),
        timeSeries({
          title: '95th percentile by journey',
          info: 'How long one of twenty takes longer than. The dots are single requests: a click opens the trace.',
          unit: unit.seconds,
          queries: [{ expr: quantile(0.95, answers, 'journey', customers), legend: '{{journey}}', exemplars: true }],
          limits: { doubtful: 0.75, bad: 2.5 },
          links: toJourney,
        }),
        timeSeries({
          title: '95th percentile by customers’ region',
          info: `The way to the home region is longer from eu and asia, so their lines lie higher by that much when all is well. One line that
leaves its place points at that region's edge, gateway or link.`,
          unit: unit.seconds,
          queries: [
            {
              expr: quantile(0.95, answers, 'customer_region', customers),
              legend: 'from {{customer_region}}',
              exemplars: true,
            },
          ],
          limits: { doubtful: 0.75, bad: 2.5 },
        }),
        timeSeries({
          title: 'Orders a minute',
          info: `Accepted ones, and refused ones by reason. Some cards are always declined; accepted orders that fall while checkouts go on mean
that payments or stock do not answer.`,
          unit: unit.count,
          queries: [
            {
              expr: `60 * ${sumRate('shop_orders_total', 'customer_region', `outcome="accepted", ${customers}`)}`,
              legend: 'accepted, {{customer_region}}',
            },
            {
              expr: `60 * ${sumRate('shop_orders_total', 'reason', `outcome="refused", ${customers}`)}`,
              legend: 'refused, {{reason}}',
            },
          ],
          stacked: true,
        }),
        timeSeries({
          title: 'At the front door',
          info: `The same requests as the shop itself counts them. When customers see errors that are missing here, they never got as far as the
front door.`,
          unit: unit.requestsPerSecond,
          queries: [{ expr: sumRate('shop_customer_requests_total', 'outcome', customers), legend: '{{outcome}}' }],
          colors: { ok: 'green', refused: 'blue', failed: 'red', abandoned: 'orange' },
          stacked: true,
        }),
      ],
    },
    {
      title: 'Promises',
      panels: [
        barGauge({
          title: 'Error budget left, two hours',
          info: `Of the failures that each journey may have in two hours (its day: windows are compressed twelvefold), the share that is left. An
empty bar is no budget.`,
          unit: unit.share,
          queries: [
            {
              expr: 'clamp_min(1 - journey:errors:ratio_rate2h / journey:error_budget:ratio, 0)',
              legend: '{{journey}}',
            },
          ],
          limits: { doubtful: 0.5, bad: 0.1, lowIsBad: true },
          max: 1,
        }),
        table({
          title: 'Alerts that fire',
          info: 'What to do about each stands in the runbook that its name leads to, in the README.',
          emptyIsGood: 'nothing is wrong.',
          labels: [
            { label: 'severity', title: 'Severity' },
            { label: 'alertname', title: 'Alert' },
            { label: 'journey', title: 'Journey' },
            { label: 'service', title: 'Service' },
            { label: 'instance', title: 'Node' },
            { label: 'callee', title: 'Callee' },
          ],
          values: [
            {
              title: 'Firing',
              expr: 'sum by (severity, alertname, journey, service, instance, callee) (ALERTS{alertstate="firing"})',
              unit: unit.count,
            },
          ],
          sortBy: 'Severity',
          width: 16,
        }),
      ],
    },
  ],
})
