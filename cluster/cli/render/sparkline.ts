// A row of values as a line of blocks: a character a value, or the mean of several. Pure.

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const LOWEST = '▁'
const MIDDLE = '▄'

/** Values at even distances; undefined where there is none. */
export type GridValues = readonly (number | undefined)[]

export type Extent = { min: number; max: number }

/** The smallest and the largest finite value; undefined when there is none. */
export function extentOf(values: GridValues): Extent | undefined {
  let extent: Extent | undefined
  for (const value of values) {
    if (value === undefined || !Number.isFinite(value)) continue
    if (!extent) extent = { min: value, max: value }
    else if (value < extent.min) extent.min = value
    else if (value > extent.max) extent.max = value
  }
  return extent
}

/**
 * Exactly `columns` characters, from `▁` at the extent's `min` to `█` at its `max`; a blank where there is no value.
 * More values than characters are averaged, fewer are stretched. Infinities stand at the ends of the scale.
 */
export function drawSparkline(values: GridValues, columns: number, extent: Extent): string {
  const count = values.length
  let line = ''
  for (let cell = 0; cell < columns; cell++) {
    const first = Math.floor((cell * count) / columns)
    const end = Math.max(first + 1, Math.floor(((cell + 1) * count) / columns))
    line += blockOf(meanOf(values.slice(first, end)), extent)
  }
  return line
}

function blockOf(value: number | undefined, { min, max }: Extent): string {
  if (value === undefined || Number.isNaN(value)) return ' '
  if (min === max && Number.isFinite(value)) return value === 0 ? LOWEST : MIDDLE
  const share =
    value === Number.POSITIVE_INFINITY ? 1 : value === Number.NEGATIVE_INFINITY ? 0 : (value - min) / (max - min)
  const level = Math.min(BLOCKS.length - 1, Math.max(0, Math.floor(share * BLOCKS.length)))
  return BLOCKS[level] ?? LOWEST
}

function meanOf(values: GridValues): number | undefined {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (value === undefined || Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? undefined : sum / count
}
