// Colours by Grafana's names, and those of series that have none. Chosen to be told apart on white and on near-black alike.
import type { ThresholdsJson } from './dashboard-json.ts'

const hues: Record<string, readonly [string, string, string, string, string]> = {
  // super-light, light, plain, semi-dark, dark
  green: ['#b5e6bd', '#7fcf8d', '#3fae5a', '#2f8f48', '#1f7a37'],
  yellow: ['#fbe79a', '#f5d35b', '#d9a514', '#b98a0c', '#987006'],
  red: ['#f9b9bd', '#f28088', '#e0454f', '#c2323d', '#a8202c'],
  blue: ['#b9d6fb', '#82b4f7', '#3f7fe0', '#2f67c2', '#2153a4'],
  orange: ['#fdcfa5', '#fbad6c', '#ef7d22', '#d06611', '#ae5209'],
  purple: ['#dcc6f7', '#bf99ef', '#9360d8', '#7b48bf', '#6536a5'],
}
const shades = ['super-light', 'light', '', 'semi-dark', 'dark']

const others: Record<string, string> = {
  text: 'currentColor',
  transparent: 'transparent',
  white: '#ffffff',
  black: '#000000',
  gray: '#8a8f98',
  grey: '#8a8f98',
}

/** A name of Grafana's, or any colour that CSS knows by `#…` or `rgb…`; grey for others. */
export function namedColor(name: string): string {
  if (name.startsWith('#') || /^(?:rgb|hsl)a?\([\d\s.,%/]+\)$/.test(name)) return name
  const [, shade = '', hue = ''] = /^(?:(super-light|light|semi-dark|dark)-)?(\w+)$/.exec(name) ?? []
  return hues[hue]?.[shades.indexOf(shade)] ?? others[name] ?? '#8a8f98'
}

const palette = [
  '#3f7fe0',
  '#3fae5a',
  '#ef7d22',
  '#9360d8',
  '#14a3b8',
  '#d9a514',
  '#d6539f',
  '#7d9b1c',
  '#8c6d4f',
  '#5c6fd6',
  '#1e9e83',
  '#c2662f',
  '#b04fc4',
  '#4a90b8',
  '#a8892a',
  '#c4607a',
]

/** A colour by a name, the same everywhere. */
export function colorOf(name: string): string {
  return palette[hash(name) % palette.length] ?? '#8a8f98'
}

/** Colours of names that stand beside each other: their own ones, and the next that is free where two would share one. */
export function colorsOf(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>()
  const colors = new Map<string, string>()
  for (const name of [...new Set(names)].sort()) {
    const start = hash(name)
    const free = palette.findIndex((_, offset) => !taken.has(palette[(start + offset) % palette.length] ?? ''))
    const color = palette[(start + Math.max(0, free)) % palette.length] ?? '#8a8f98'
    taken.add(color)
    colors.set(name, color)
  }
  return colors
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/**
 * The colour of the highest step that the value has reached; undefined without steps.
 * @param range for steps in per cent: what 0 and 100 are
 */
export function thresholdColor(
  thresholds: ThresholdsJson | undefined,
  value: number | null,
  range: { min: number; max: number } = { min: 0, max: 100 },
): string | undefined {
  if (!thresholds || thresholds.steps.length === 0) return undefined
  const bound = (step: number | null): number => {
    if (step === null) return Number.NEGATIVE_INFINITY
    return thresholds.mode === 'percentage' ? range.min + (step / 100) * (range.max - range.min) : step
  }
  const reached = thresholds.steps.filter(
    (step) => step.value === null || (value !== null && value >= bound(step.value)),
  )
  const step = reached.at(-1)
  return step && namedColor(step.color)
}
