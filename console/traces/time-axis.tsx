// Times above the waterfall, from the start of the trace.
import { formatMicros } from '../shell/clock.ts'
import type { Trace } from './trace-model.ts'
import { ticks, type ViewWindow } from './view-window.ts'

const TICKS = 6

export function TimeAxis({ trace: { durationMicros }, window }: { trace: Trace; window: ViewWindow }) {
  const whole = Math.max(1, durationMicros)
  return (
    <div className="axis" aria-hidden="true">
      <div className="axis-name">Span</div>
      <div className="axis-lane">
        {ticks(window, whole, TICKS).map((micros) => (
          <span
            key={micros}
            className="number"
            style={{ left: `${((micros / whole - window.start) / (window.end - window.start)) * 100}%` }}
          >
            {formatMicros(micros)}
          </span>
        ))}
      </div>
    </div>
  )
}
