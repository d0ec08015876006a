// The last minutes of one figure as a small line, with its present value in words beside it.
import { useId } from 'react'
import { formatValue } from '../dashboards/units.ts'
import { queryRange } from '../prometheus/client.ts'
import { useLoad } from '../shell/use-load.ts'

type Props = { title: string; query: string; unit: string; refreshMs: number }

const RANGE_MS = 300_000
const STEP_MS = 5_000
const WIDTH = 240
const HEIGHT = 42

export function Sparkline({ title, query, unit, refreshMs }: Props) {
  const id = useId()
  const { data, error } = useLoad(
    query,
    async (signal) => {
      const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS
      const range = { startMs: endMs - RANGE_MS, endMs, stepMs: STEP_MS }
      const { data } = await queryRange(query, range, signal)
      return { ...range, points: (data[0]?.points ?? []).filter(([, value]) => Number.isFinite(value)) }
    },
    refreshMs,
  )
  const top = Math.max(Number.MIN_VALUE, ...(data?.points ?? []).map(([, value]) => value))
  const last = data?.points.at(-1)
  const stale = last && data && data.endMs - last[0] > 3 * STEP_MS
  const path = (data?.points ?? [])
    .map(([timeMs, value], index, all) => {
      const before = all[index - 1]
      const x = ((timeMs - (data?.startMs ?? 0)) / RANGE_MS) * WIDTH
      const y = HEIGHT - 3 - (value / top) * (HEIGHT - 6)
      return `${before && timeMs - before[0] <= 1.5 * STEP_MS ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
  return (
    <figure className="sparkline" aria-labelledby={id}>
      <figcaption id={id}>
        {title} <strong>{error ? 'not known' : last && !stale ? formatValue(last[1], unit) : '–'}</strong>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 ${HEIGHT - 3}H${WIDTH}`} className="sparkline-base" />
        <path d={path} className="sparkline-line" />
      </svg>
    </figure>
  )
}
