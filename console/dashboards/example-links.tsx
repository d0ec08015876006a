// The traces behind a panel's dots as links: for whoever does without a pointer, or wants the slowest without looking for it.
import { Link } from 'wouter'
import { tracePath } from '../links.ts'
import { formatTime } from '../shell/clock.ts'
import { useDropDown } from '../shell/use-drop-down.ts'
import type { PanelJson } from './dashboard-json.ts'
import { highestExamples } from './exemplars.ts'
import type { PanelData } from './panel-queries.ts'
import { formatValue } from './units.ts'

const MOST = 10

export function ExampleLinks({ title, panel, data }: { title: string; panel: PanelJson; data: PanelData }) {
  const { ref, onKeyDown } = useDropDown()
  const examples = highestExamples(data.exemplars, data, MOST)
  if (examples.length === 0) return null
  return (
    <details ref={ref} className="info examples" onKeyDown={onKeyDown}>
      <summary aria-label={`Example traces of ${title}`} title="Example traces">
        <span aria-hidden="true">◆</span>
      </summary>
      <ol className="info-text">
        {examples.map(({ traceId, timeMs, value }) => (
          <li key={traceId}>
            <Link href={tracePath(traceId)}>
              {formatValue(value, unitOf(panel))} at {formatTime(timeMs)}
            </Link>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** Of the requests: a heatmap's buckets have it on their axis, its cells are rates. */
function unitOf({ options, fieldConfig }: PanelJson): string | undefined {
  return (options?.['yAxis'] as { unit?: string } | undefined)?.unit ?? fieldConfig?.defaults?.unit
}
