// 8. What was promised, what is left of it, and how fast it goes.
import { barGauge } from './panels/bar-gauge.ts'
import { pathOf } from './panels/catalogue.ts'
import { buildDashboard } from './panels/dashboard.ts'
import { stateTimeline } from './panels/state-timeline.ts'
import { table } from './panels/table.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'
import { many } from './panels/variables.ts'

const chosen = 'journey=~"$objective"'
const budget = `on (journey) journey:error_budget:ratio{${chosen}}`

/** How many times as fast as allowed the budget is spent. */
function burn(window: string): string {
  return `journey:errors:ratio_rate${window}{${chosen}} / ${budget}`
}

function burnPanel(window: string, limit: number, meaning: string) {
  return timeSeries({
    title: `Burn rate over ${window}`,
    info: `1 spends the budget exactly by the end of its time; ${limit} pages, together with a short window: ${meaning}. Windows are compressed twelvefold.`,
    unit: unit.count,
    queries: [{ expr: burn(window), legend: '{{journey}}' }],
    limits: { bad: limit },
    width: 8,
  })
}

const links = [{ title: 'Traces of the shop', url: pathOf('tracing') }]

export const objectives = buildDashboard({
  id: 'objectives',
  headline: `**Is a promise about to be broken?** Each journey may fail a little, and be slow a little: that is its budget. What matters is not whether
something fails but how fast the budget goes: a burn rate of 1 lasts exactly, 14 is an emergency. Alerts need a long window and a short one
to agree, so that they come soon and go soon.`,
  variables: [
    many({
      name: 'objective',
      label: 'Journey',
      info: 'What customers do, as the gateways count it; `shop` is all of it, at the front door.',
      series: 'journey:requests:rate30s',
      of: 'journey',
    }),
  ],
  rows: [
    {
      title: 'Objectives',
      panels: [
        table({
          title: 'Objectives and how they are kept',
          info: 'The share of requests that is to be answered, and answered in time, and what it was over the last two hours (of demonstration time: a day).',
          labels: [{ label: 'journey', title: 'Journey' }],
          values: [
            {
              title: 'Requests',
              expr: `sum by (journey) (journey:requests:rate30s{${chosen}})`,
              unit: unit.requestsPerSecond,
            },
            {
              title: 'Promised',
              expr: `1 - sum by (journey) (journey:error_budget:ratio{${chosen}})`,
              unit: unit.share,
            },
            {
              title: 'Answered',
              expr: `1 - sum by (journey) (journey:errors:ratio_rate2h{${chosen}})`,
              unit: unit.share,
              limits: { doubtful: 0.995, bad: 0.99, lowIsBad: true },
            },
            {
              title: 'In time, promised',
              expr: `1 - sum by (journey) (journey:slow_budget:ratio{${chosen}})`,
              unit: unit.share,
            },
            {
              title: 'In time',
              expr: `1 - sum by (journey) (journey:slow:ratio_rate5m{${chosen}})`,
              unit: unit.share,
              limits: { doubtful: 0.97, bad: 0.95, lowIsBad: true },
            },
          ],
          sortBy: 'Requests',
          width: 16,
        }),
        barGauge({
          title: 'Error budget left, two hours',
          info: 'What may still fail in the window. At none, the time for risky changes is over.',
          unit: unit.share,
          queries: [{ expr: `clamp_min(1 - ${burn('2h')}, 0)`, legend: '{{journey}}' }],
          limits: { doubtful: 0.5, bad: 0.1, lowIsBad: true },
          max: 1,
        }),
      ],
    },
    {
      title: 'How fast it goes',
      panels: [
        burnPanel('5m', 14.4, 'a month’s budget would last two days'),
        burnPanel('30m', 6, 'a month’s budget would last five days'),
        burnPanel('2h', 3, 'a month’s budget would last ten days'),
        timeSeries({
          title: 'Errors by journey',
          info: 'Share of the requests that failed, over 30 seconds: the short window, which ends an alert soon after the trouble.',
          unit: unit.share,
          queries: [{ expr: `journey:errors:ratio_rate30s{${chosen}}`, legend: '{{journey}}' }],
          width: 8,
          links,
        }),
        timeSeries({
          title: 'Too slow by journey',
          info: 'Share of the answers that took longer than promised: half a second for browsing, two and a half for a checkout.',
          unit: unit.share,
          queries: [{ expr: `journey:slow:ratio_rate30s{${chosen}}`, legend: '{{journey}}' }],
          limits: { doubtful: 0.05, bad: 0.3 },
          width: 8,
          links,
        }),
        timeSeries({
          title: 'Budget left over time',
          info: 'Of the two-hour window. It falls with every failure, and comes back as old ones leave the window.',
          unit: unit.share,
          queries: [{ expr: `clamp_min(1 - ${burn('2h')}, 0)`, legend: '{{journey}}' }],
          max: 1,
          width: 8,
        }),
      ],
    },
    {
      title: 'Alerts',
      panels: [
        stateTimeline({
          title: 'History of the alerts',
          info: 'Pending: the condition holds, and not yet for long enough. Pages are symptoms; causes explain them.',
          emptyIsGood: 'no alert was pending or firing.',
          unit: unit.none,
          queries: [
            {
              expr: 'max by (severity, alertname, journey, instance) (2 * ALERTS{alertstate="firing"} or ALERTS{alertstate="pending"})',
              legend: '{{severity}}: {{alertname}} {{journey}}{{instance}}',
            },
          ],
          states: [
            { value: 1, text: 'pending', color: 'yellow' },
            { value: 2, text: 'firing', color: 'red' },
          ],
        }),
      ],
    },
  ],
})
