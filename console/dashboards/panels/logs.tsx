// Lines of logs, the newest first; each leads to its trace.
import { Link } from 'wouter'
import { tracePath } from '../../links.ts'
import { frameLength } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { momentText } from '../units.ts'

export function LogsPanel({ panel, data }: PanelProps) {
  const frame = data.frames[0]
  if (!frame) return null
  const column = (name: string) => frame.fields.find((field) => field.name === name)?.values ?? []
  const [times, lines, severities, instances, traces] = ['Time', 'Line', 'severity', 'instance', 'traceID'].map(column)
  const order = Array.from({ length: frameLength(frame) }, (_, row) => row)
  if (panel.options?.['sortOrder'] !== 'Ascending') order.reverse()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <ol className="log-table" tabIndex={0} aria-label={panel.title}>
      {order.map((row) => {
        const severity = String(severities?.[row] ?? '').toLowerCase()
        const trace = String(traces?.[row] ?? '')
        return (
          <li key={row} className={`severity-${severity}`}>
            <time>{momentText(Number(times?.[row] ?? 0))}</time>
            <span className="log-severity">{severity}</span>
            <span className="log-node">{instances?.[row]}</span>
            <span className="log-line">
              {trace ? <Link href={tracePath(trace)}>{lines?.[row]}</Link> : lines?.[row]}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
