// Grafana's transformations of frames: those that our dashboards use. One that is not known is told, and what came in goes on as it is.
import type { TransformationJson } from './dashboard-json.ts'
import type { Cell, Field, Frame } from './frame.ts'
import { frameLength } from './frame.ts'

export type Transformed = {
  frames: readonly Frame[] /** Ids of transformations that are not known. */
  unknown: readonly string[]
}

type Transformation = (frames: readonly Frame[], options: Record<string, unknown>) => Frame[]

const known: Record<string, Transformation> = { merge, organize, sortBy, seriesToRows }

/** All of a panel's, in order. One with a filter acts on the frames that it names, the others keep their places. */
export function transform(frames: readonly Frame[], steps: readonly TransformationJson[]): Transformed {
  const unknown: string[] = []
  let current = frames
  for (const step of steps) {
    if (step.disabled) continue
    const act = known[step.id]
    if (!act) {
      unknown.push(step.id)
      continue
    }
    const wanted = filterOf(step)
    const acted = act(current.filter(wanted), step.options ?? {})
    const at = current.findIndex(wanted)
    const others = current.filter((frame) => !wanted(frame))
    const before = at < 0 ? others.length : current.slice(0, at).filter((frame) => !wanted(frame)).length
    current = [...others.slice(0, before), ...acted, ...others.slice(before)]
  }
  return { frames: current, unknown }
}

function filterOf({ filter }: TransformationJson): (frame: Frame) => boolean {
  if (filter?.id !== 'byRefId' || typeof filter.options !== 'string') return () => true
  const pattern = patternOf(filter.options)
  return ({ refId }) => (pattern ? pattern.test(refId) : refId === filter.options)
}

/** `/…/flags` as a regular expression; undefined for a plain text. */
export function patternOf(text: string): RegExp | undefined {
  const parts = /^\/(.*)\/([gimsuy]*)$/s.exec(text)
  if (!parts) return undefined
  try {
    return new RegExp(parts[1] ?? '', (parts[2] ?? '').replace('g', ''))
  } catch {
    return undefined
  }
}

/** One table of all: rows whose values of the common columns are equal become one. */
function merge(frames: readonly Frame[]): Frame[] {
  const filled = frames.filter((frame) => frameLength(frame) > 0)
  const first = filled[0]
  if (!first) return frames.slice(0, 1)
  const names = [...new Set(filled.flatMap(({ fields }) => fields.map(({ name }) => name)))]
  const common = names.filter((name) => filled.every(({ fields }) => fields.some((field) => field.name === name)))
  const rows = new Map<string, Map<string, Cell>>()
  for (const frame of filled) {
    for (let row = 0; row < frameLength(frame); row++) {
      const key = JSON.stringify(common.map((name) => frame.fields.find((field) => field.name === name)?.values[row]))
      const cells = rows.get(key) ?? new Map<string, Cell>()
      rows.set(key, cells)
      for (const { name, values } of frame.fields) cells.set(name, values[row] ?? null)
    }
  }
  const fields = names.map((name): Field => {
    // Every name comes from a field.
    const model = filled.flatMap((frame) => frame.fields).find((field) => field.name === name) as Field
    return { ...model, values: [...rows.values()].map((cells) => cells.get(name) ?? null) }
  })
  return [{ refId: first.refId, fields }]
}

/** Leaves out, orders and renames columns, by their names. */
function organize(frames: readonly Frame[], options: Record<string, unknown>): Frame[] {
  const excluded = (options['excludeByName'] ?? {}) as Record<string, boolean>
  const places = (options['indexByName'] ?? {}) as Record<string, number>
  const renamed = (options['renameByName'] ?? {}) as Record<string, string>
  const place = ({ name }: Field): number => places[name] ?? Number.MAX_SAFE_INTEGER
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields
      .filter(({ name }) => excluded[name] !== true)
      .toSorted((a, b) => place(a) - place(b))
      .map((field) => {
        const name = renamed[field.name]
        return name ? { ...field, name } : field
      }),
  }))
}

function sortBy(frames: readonly Frame[], options: Record<string, unknown>): Frame[] {
  const [by] = (options['sort'] ?? []) as { field: string; desc?: boolean }[]
  return by ? frames.map((frame) => sortFrame(frame, by.field, by.desc === true)) : [...frames]
}

/** By the values of one column; rows without a value come last. */
export function sortFrame(frame: Frame, name: string, descending: boolean): Frame {
  const key = frame.fields.find((field) => field.displayName === name || field.name === name)
  if (!key) return frame
  const order = key.values
    .map((value, row) => ({ value, row }))
    .sort((a, b) => compareCells(a.value, b.value, descending) || a.row - b.row)
    .map(({ row }) => row)
  return {
    ...frame,
    fields: frame.fields.map((field) => ({ ...field, values: order.map((row) => field.values[row] ?? null) })),
  }
}

function compareCells(a: Cell, b: Cell, descending: boolean): number {
  const missing = Number(isMissing(a)) - Number(isMissing(b))
  if (missing !== 0 || isMissing(a)) return missing
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true })
  return descending ? -order : order
}

function isMissing(value: Cell): boolean {
  return value === null || Number.isNaN(value)
}

/** Series over time as one table: time, name, value. */
function seriesToRows(frames: readonly Frame[]): Frame[] {
  const rows = frames.flatMap(({ name = '', fields: [time, value] }) =>
    (value?.values ?? []).map((cell, row) => ({ time: time?.values[row] ?? null, name, cell })),
  )
  const column = (name: string, type: Field['type'], values: Cell[]): Field => ({ name, type, values, labels: {} })
  return [
    {
      refId: frames[0]?.refId ?? 'A',
      fields: [
        column(
          'Time',
          'time',
          rows.map((row) => row.time),
        ),
        column(
          'Metric',
          'string',
          rows.map((row) => row.name),
        ),
        column(
          'Value',
          'number',
          rows.map((row) => row.cell),
        ),
      ],
    },
  ]
}
