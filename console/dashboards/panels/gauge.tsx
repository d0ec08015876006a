// Figures on an arc from the least to the most, in the colour of their limit.
import { fieldTitle } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { showValue } from '../value-mapping.ts'
import { figuresOf } from './stat.tsx'

const RADIUS = 40

export function GaugePanel({ panel, data }: PanelProps) {
  return (
    <div className="gauges">
      {figuresOf(data.frames, panel.options).map(({ field, value }) => {
        const { min = 0, max = 100 } = field.options ?? {}
        const { text, color } = showValue(value, field.options)
        const share = value === null || max <= min ? 0 : Math.min(1, Math.max(0, (value - min) / (max - min)))
        return (
          <svg key={fieldTitle(field)} viewBox="0 0 100 66" role="img" aria-label={`${fieldTitle(field)}: ${text}`}>
            <path className="gauge-back" d={arc(1)} />
            {share > 0 && <path d={arc(share)} style={{ stroke: color ?? 'var(--info)' }} className="gauge-value" />}
            <text x="50" y="50" className="gauge-text">
              {text}
            </text>
            <text x="50" y="63" className="gauge-name">
              {fieldTitle(field)}
            </text>
          </svg>
        )
      })}
    </div>
  )
}

/** A half circle, as much of it as `share` says, from the left. */
function arc(share: number): string {
  const angle = Math.PI * (1 - share)
  const x = 50 + RADIUS * Math.cos(angle)
  const y = 48 - RADIUS * Math.sin(angle)
  return `M${50 - RADIUS} 48A${RADIUS} ${RADIUS} 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)}`
}
