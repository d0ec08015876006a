// The table of `faultline top`: a line a service, figures coloured by how worrying they are. Pure.
import type { ClusterFigures, ServiceFigures } from '../service-figures.ts'
import { drawBar } from './bar.ts'
import { type Colors, cut, fitLeft, fitRight, plain, width } from './cells.ts'
import { formatClock, formatMicros } from './duration.ts'
import { joinCells } from './label-columns.ts'
import { formatPercent, formatRate } from './metric-value.ts'

export const topOrders = ['rate', 'errors', 'p95', 'loop', 'cpu', 'name'] as const
export type TopOrder = (typeof topOrders)[number]

export type TopView = {
  figures: ClusterFigures
  nowMs: number
  /** Of the rates, for instance `30s`. */
  window: string
  order: TopOrder
  columns: number
  colors: Colors
}

type Paint = (text: string) => string

/** From here on there is room for bars. */
const WIDE_COLUMNS = 110
const BAR_COLUMNS = 14
const MIN_SERVICE = 10
const MAX_SERVICE = 24

/** Lines within `columns` characters, at least 80 of them used. */
export function drawTop({ figures, nowMs, window, order, columns, colors }: TopView): string[] {
  const { services } = figures
  const wide = columns >= WIDE_COLUMNS
  const fixed = fixedColumns(wide)
  const used = fixed.reduce((sum, column) => sum + column.columns + 2, 0)
  const longest = services.reduce((most, { service }) => Math.max(most, width(plain(service))), MIN_SERVICE)
  const serviceColumns = Math.min(longest, MAX_SERVICE, Math.max(MIN_SERVICE, columns - used))
  const title = joinCells([
    fitLeft('SERVICE', serviceColumns),
    ...fixed.map((column) => fitRight(column.title, column.columns)),
  ])
  const rows = sortServices(services, order).map((service) => {
    const name = fitLeft(plain(service.service), serviceColumns)
    return joinCells([name, ...fixed.map((column) => column.draw(service, column.columns, colors))])
  })
  return [cut(drawHead(figures, nowMs, window), columns), '', colors.dim(title), ...rows].map((line) => line.trimEnd())
}

function drawHead({ services, firingAlerts }: ClusterFigures, nowMs: number, window: string): string {
  const ready = services.reduce((sum, { readyInstances }) => sum + readyInstances, 0)
  const all = services.reduce((sum, { instances }) => sum + instances, 0)
  const alerts =
    firingAlerts === 0
      ? 'no alerts'
      : `${firingAlerts} ${firingAlerts === 1 ? 'alert fires' : 'alerts fire'}: faultline alerts`
  return [formatClock(nowMs * 1_000).slice(0, 8), `${ready} of ${all} ready`, alerts, `rates over ${window}`].join(
    '   ',
  )
}

type Column = { title: string; columns: number; draw(service: ServiceFigures, columns: number, colors: Colors): string }

function fixedColumns(wide: boolean): Column[] {
  return [
    {
      title: 'READY',
      columns: 5,
      draw: ({ readyInstances, instances }, columns, colors) => {
        const paint = readyInstances >= instances ? colors.green : readyInstances === 0 ? colors.red : colors.yellow
        return paint(fitRight(`${readyInstances}/${instances}`, columns))
      },
    },
    { title: 'RATE/S', columns: 7, draw: ({ perSecond }, columns) => fitRight(told(perSecond, formatRate), columns) },
    {
      title: 'ERR %',
      columns: 6,
      draw: ({ errorShare }, columns, colors) =>
        alarming(errorShare, 0.001, 0.01, colors)(fitRight(told(errorShare, formatPercent), columns)),
    },
    { title: 'P50', columns: 8, draw: ({ p50S }, columns, colors) => drawLatency(p50S, columns, colors) },
    { title: 'P95', columns: 8, draw: ({ p95S }, columns, colors) => drawLatency(p95S, columns, colors) },
    {
      title: 'LOOP %',
      columns: wide ? BAR_COLUMNS + 5 : 6,
      draw: ({ loopShare }, columns, colors) => drawShare(loopShare, columns, colors),
    },
    {
      title: 'CPU %',
      columns: wide ? BAR_COLUMNS + 5 : 5,
      draw: ({ cpuCores }, columns, colors) => drawShare(cpuCores, columns, colors),
    },
  ]
}

const told = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? '–' : format(value)

const drawLatency = (seconds: number | undefined, columns: number, colors: Colors) =>
  alarming(
    seconds,
    0.25,
    1,
    colors,
  )(
    fitRight(
      told(seconds, (value) => formatMicros(value * 1e6)),
      columns,
    ),
  )

/** With a bar before it where there is room. */
function drawShare(share: number | undefined, columns: number, colors: Colors): string {
  const paint = alarming(share, 0.7, 0.9, colors)
  const text = told(share, (value) => (value * 100).toFixed(0))
  if (columns < BAR_COLUMNS) return paint(fitRight(text, columns))
  const bar = share === undefined || share < 0.005 ? '' : drawBar(0, Math.min(1, share), BAR_COLUMNS)
  return paint(fitLeft(bar, BAR_COLUMNS) + fitRight(text, columns - BAR_COLUMNS))
}

/** Unknown is no reason to worry. */
function alarming(value: number | undefined, warnFrom: number, alarmFrom: number, colors: Colors): Paint {
  if (value === undefined) return colors.dim
  if (value >= alarmFrom) return colors.red
  return value >= warnFrom ? colors.yellow : (text) => text
}

/** The greatest first, unknown ones last; by name where nothing else decides. */
export function sortServices(services: readonly ServiceFigures[], order: TopOrder): ServiceFigures[] {
  const keyOf = (figures: ServiceFigures): number => {
    switch (order) {
      case 'rate':
        return figures.perSecond ?? -1
      case 'errors':
        return figures.errorShare ?? -1
      case 'p95':
        return figures.p95S ?? -1
      case 'loop':
        return figures.loopShare ?? -1
      case 'cpu':
        return figures.cpuCores ?? -1
      case 'name':
        return 0
    }
  }
  return [...services].sort((one, other) => keyOf(other) - keyOf(one) || one.service.localeCompare(other.service, 'en'))
}
