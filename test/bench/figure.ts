// One measured figure, and how figures are printed.
import { cpus, totalmem } from 'node:os'

export type Figure = {
  name: string
  value: number
  unit: string
  /** What the project aims at, in words; nothing fails when it is missed. */
  aim?: string
}

/** The middle value; the mean of the two middle ones when their number is even. Throws on none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  if (upper === undefined || lower === undefined) throw new Error('the median of nothing')
  return (upper + lower) / 2
}

export function formatFigures(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map(({ name, value, unit, aim }) => {
    const number = value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
    return `${name.padEnd(width)}  ${number.padStart(9)} ${unit}${aim ? `   (aim: ${aim})` : ''}`
  })
  return lines.join('\n')
}

/** Figures mean little without the machine that they were taken on. */
export function machine(): { node: string; cores: number; cpu: string; memoryGb: number } {
  const cores = cpus()
  return {
    node: process.version,
    cores: cores.length,
    cpu: cores[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
  }
}
