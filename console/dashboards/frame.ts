// Frames as Grafana has them: columns of equal length. A query's answer becomes frames, transformations turn frames into others, panels
// draw them. Pure data; nothing here knows of HTTP.
import type { FieldOptions } from './dashboard-json.ts'

export type Cell = number | string | null

export type Field = {
  name: string
  type: 'time' | 'number' | 'string'
  values: readonly Cell[]
  labels: Readonly<Record<string, string>>
  /** How it is called on screen, once overrides and legends have had their say. */
  displayName?: string
  options?: FieldOptions
}

export type Frame = {
  refId: string
  name?: string
  fields: readonly Field[]
}

export function frameLength(frame: Frame): number {
  return frame.fields[0]?.values.length ?? 0
}

export function fieldTitle(field: Field): string {
  return field.displayName ?? field.name
}

/** The row as texts by the names of its fields, for data links. */
export function rowOf(frame: Frame, row: number): Record<string, string> {
  return Object.fromEntries(frame.fields.map((field) => [field.name, String(field.values[row] ?? '')]))
}
