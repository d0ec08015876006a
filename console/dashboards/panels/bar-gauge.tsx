// A bar for each series, as long as its figure, in the colour of its limit.
import { fieldTitle } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { showValue } from '../value-mapping.ts'
import { figuresOf } from './stat.tsx'

export function BarGaugePanel({ panel, data }: PanelProps) {
  const figures = figuresOf(data.frames, panel.options)
  const highest = Math.max(...figures.map(({ value }) => value ?? 0))
  return (
    <ul className="bars">
      {figures.map(({ field, value }) => {
        const { min = 0, max = highest } = field.options ?? {}
        const { text, color } = showValue(value, field.options)
        const share = value === null || max <= min ? 0 : Math.min(1, Math.max(0, (value - min) / (max - min)))
        return (
          <li key={fieldTitle(field)}>
            <span className="bar-name">{fieldTitle(field)}</span>
            <span className="bar-value number">{text}</span>
            <span className="bar-back">
              <span style={{ width: `${share * 100}%`, background: color ?? 'var(--info)' }} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}
