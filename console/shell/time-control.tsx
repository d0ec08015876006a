// Time range and refresh interval, shared by all views through the address.
import { formatDateTime } from './clock.ts'
import { RangeFields } from './range-fields.tsx'
import { quickRanges, rangeLabel, refreshIntervals } from './time-range.ts'
import { useTimeRange } from './use-time-range.ts'

export function TimeControl() {
  const { range, refreshMs, setRange, setRefresh } = useTimeRange()
  const quick = range.to === 'now' && quickRanges.some(({ from }) => from === range.from)
  return (
    <div className="time-control">
      <select
        aria-label="Time range"
        value={quick ? range.from : 'other'}
        onChange={(event) => setRange({ from: event.target.value, to: 'now' })}
      >
        {!quick && <option value="other">{rangeLabel(range, formatDateTime)}</option>}
        {quickRanges.map(({ label, from }) => (
          <option key={from} value={from}>
            {label}
          </option>
        ))}
      </select>
      <RangeFields range={range} onChange={setRange} />
      <select aria-label="Refresh" value={refreshMs} onChange={(event) => setRefresh(Number(event.target.value))}>
        {refreshIntervals.map(({ label, ms }) => (
          <option key={ms} value={ms}>
            {ms === 0 ? 'no refresh' : `every ${label}`}
          </option>
        ))}
      </select>
    </div>
  )
}
