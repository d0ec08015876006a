// One figure a series, large, in the colour of its limit, with its course behind it.
import { type Field, type Frame, fieldTitle } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { reduceValues } from '../reduce.ts'
import { showValue } from '../value-mapping.ts'

type ReduceOptions = { calcs?: readonly string[] }

/** The figures that stat, gauge and bar gauge show: each numeric field by the panel's reducer. */
export function figuresOf(
  frames: readonly Frame[],
  options: Record<string, unknown> | undefined,
): { field: Field; value: number | null }[] {
  const [calc = 'lastNotNull'] = (options?.['reduceOptions'] as ReduceOptions | undefined)?.calcs ?? []
  return frames
    .flatMap(({ fields }) => fields.filter(({ type }) => type === 'number'))
    .map((field) => ({ field, value: reduceValues(calc, field.values) }))
}

export function StatPanel({ panel, data }: PanelProps) {
  const figures = figuresOf(data.frames, panel.options)
  const colored = panel.options?.['colorMode'] !== 'none'
  return (
    <div className="stats">
      {figures.map(({ field, value }) => {
        const { text, color } = showValue(value, field.options)
        const name = fieldTitle(field)
        return (
          <div
            key={name}
            className="stat"
            style={{ '--tone': colored && color ? color : 'var(--info)' } as React.CSSProperties}
          >
            {panel.options?.['graphMode'] !== 'none' && <Course values={field.values} />}
            {figures.length > 1 && <span className="stat-name">{name}</span>}
            <strong className={colored && color ? 'stat-value toned' : 'stat-value'}>{text}</strong>
          </div>
        )
      })}
    </div>
  )
}

const WIDTH = 100
const HEIGHT = 30

function Course({ values }: { values: Field['values'] }) {
  const numbers = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null))
  const top = Math.max(...numbers.map((value) => value ?? 0))
  const bottom = Math.min(0, ...numbers.map((value) => value ?? 0))
  if (numbers.length < 2 || top <= bottom) return null
  const points = numbers.flatMap((value, index) => {
    if (value === null) return []
    const x = (index / (numbers.length - 1)) * WIDTH
    return [`${x.toFixed(1)} ${(HEIGHT - ((value - bottom) / (top - bottom)) * (HEIGHT - 3)).toFixed(1)}`]
  })
  const first = points[0]?.split(' ')[0] ?? '0'
  return (
    <svg className="stat-course" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="stat-area" d={`M${first} ${HEIGHT}L${points.join('L')}L${WIDTH} ${HEIGHT}Z`} />
      <path className="stat-line" d={`M${points.join('L')}`} />
    </svg>
  )
}
