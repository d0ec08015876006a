// What a value is called and coloured, where a panel says so: 0 is "down", 2 is "ready".
import { colorOf, namedColor, thresholdColor } from './colors.ts'
import type { FieldOptions, MappingResult } from './dashboard-json.ts'
import type { Cell } from './frame.ts'
import { formatValue } from './units.ts'

/** The mapping that fits the value, the first of all. */
export function mappingOf(value: Cell, { mappings = [] }: FieldOptions): MappingResult | undefined {
  for (const mapping of mappings) {
    if (mapping.type === 'value') {
      const result = mapping.options[String(value)]
      if (result) return result
    } else if (mapping.type === 'range' && typeof value === 'number') {
      const { from, to, result } = mapping.options
      if (value >= (from ?? Number.NEGATIVE_INFINITY) && value <= (to ?? Number.POSITIVE_INFINITY)) return result
    } else if (mapping.type === 'special' && isSpecial(value, mapping.options.match)) {
      return mapping.options.result
    } else if (mapping.type === 'regex' && typeof value === 'string') {
      const { pattern, result } = mapping.options
      if (new RegExp(pattern.replace(/^\/|\/$/g, '')).test(value)) return result
    }
  }
  return undefined
}

function isSpecial(value: Cell, match: string): boolean {
  switch (match) {
    case 'null':
      return value === null
    case 'nan':
      return Number.isNaN(value)
    case 'null+nan':
      return value === null || Number.isNaN(value)
    case 'empty':
      return value === ''
    default:
      return false
  }
}

export type Shown = { text: string; color: string | undefined }

/** A value as text and colour: by mapping, else by unit and thresholds. */
export function showValue(value: Cell, options: FieldOptions = {}): Shown {
  const mapping = mappingOf(value, options)
  const color = mapping?.color ? namedColor(mapping.color) : thresholdColor(options.thresholds, asNumber(value))
  if (mapping?.text !== undefined) return { text: mapping.text, color }
  if (value === null) return { text: options.noValue ?? '–', color: mapping?.color ? color : undefined }
  if (typeof value === 'string') return { text: value, color }
  return { text: formatValue(value, options.unit, options.decimals), color }
}

/** The colour of a state; states without one have a colour by their text. */
export function stateColor(value: Cell, options: FieldOptions = {}): string {
  return showValue(value, options).color ?? colorOf(String(value))
}

function asNumber(value: Cell): number | null {
  return typeof value === 'number' ? value : null
}
