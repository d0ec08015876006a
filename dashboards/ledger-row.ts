// The ledger's row of "Data and replication": who leads, how far each member is, and what a majority costs.
import type { Row } from './panels/dashboard.ts'
import { quantile, rate } from './panels/promql.ts'
import { stateTimeline } from './panels/state-timeline.ts'
import { timeSeries } from './panels/time-series.ts'
import { unit } from './panels/unit.ts'

const role = (name: string) => `faultline_ledger_role{role="${name}"}`

export const ledgerRow: Row = {
  title: 'The ledger',
  panels: [
    stateTimeline({
      title: 'Who leads the ledger',
      info: `One leader, and followers: well. Candidates are an election: nobody takes writes meanwhile, for a second or so. Two leaders at once are of
different terms, and the older one cannot commit.`,
      unit: unit.none,
      queries: [
        {
          expr: `max by (instance) (3 * ${role('leader')} or 2 * ${role('candidate')} or ${role('pre_candidate')} or 0 * ${role('follower')})`,
          legend: '{{instance}}',
        },
      ],
      states: [
        { value: 0, text: 'follower', color: 'blue' },
        { value: 1, text: 'pre-candidate', color: 'yellow' },
        { value: 2, text: 'candidate', color: 'orange' },
        { value: 3, text: 'leader', color: 'green' },
      ],
      height: 6,
    }),
    timeSeries({
      title: 'Term',
      info: 'It rises by one with each election, and is the same everywhere. One member behind is cut off; one that climbs without end cannot win.',
      unit: unit.count,
      queries: [{ expr: 'max by (instance) (faultline_ledger_term)', legend: '{{instance}}' }],
      width: 8,
    }),
    timeSeries({
      title: 'Commit index',
      info: 'How far each member knows a majority to have stored the log. Lines on each other: well. One that stays behind catches up, or is cut off; all flat under load: no majority.',
      unit: unit.count,
      queries: [{ expr: 'max by (instance) (faultline_ledger_commit_index)', legend: '{{instance}}' }],
      width: 8,
    }),
    timeSeries({
      title: 'Behind the leader',
      info: 'Entries that each follower has not stored yet, as the leader counts them.',
      emptyIsGood: 'a ledger of one node has no followers.',
      unit: unit.count,
      queries: [{ expr: 'max by (follower) (faultline_ledger_follower_lag_entries)', legend: '{{follower}}' }],
      width: 8,
    }),
    timeSeries({
      title: 'Time until a majority has it',
      info: `From proposing a block until a majority has stored it. It follows the second nearest region: near 90 ms from na while eu answers, near 150
when only asia does.`,
      unit: unit.seconds,
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expr: quantile(share, 'faultline_ledger_quorum_duration_seconds', ''),
        legend: `p${share * 100}`,
        exemplars: true as const,
      })),
      width: 8,
    }),
    timeSeries({
      title: 'Elections',
      info: 'Terms that each member saw begin. Some after a death; again and again, when the leader is too slow to be believed.',
      unit: unit.countsPerSecond,
      queries: [{ expr: `sum by (instance) (${rate('faultline_ledger_elections_total')})`, legend: '{{instance}}' }],
      width: 8,
    }),
    timeSeries({
      title: 'Syncs of the log',
      info: '95th percentile of the time until the disk has an entry. What is slow here, every write waits for.',
      unit: unit.seconds,
      queries: [
        { expr: quantile(0.95, 'faultline_ledger_fsync_duration_seconds', 'instance'), legend: '{{instance}}' },
      ],
      width: 8,
    }),
  ],
}
