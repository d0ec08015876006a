// Times above the waterfall, from the start of the trace.
import { formatMicros } from '../shell/clock.ts'
import type { Trace } from './trace-model.ts'
import { ticks, type ViewWindow } from './view-window.ts'

const TICKS = 6
/** A time further to the right, as a share of the lane, would be cut. */
const LAST = 0.94

export function TimeAxis({ trace: { durationMicros }, window }: { trace: Trace; window: ViewWindow }) {
  const whole = Math.max(1, durationMicros)
  return (
    <div className="axis" aria-hidden="true">
      <div className="axis-name">Span</div>
      <div className="axis-lane">
        {ticks(window, whole, TICKS).map((micros) => {
          const share = (micros / whole - window.start) / (window.end - window.start)
          return (
            <span key={micros} className="number" style={{ left: `${share * 100}%` }}>
              {share <= LAST && formatMicros(micros)}
            </span>
          )
        })}
      </div>
    </div>
  )
}
