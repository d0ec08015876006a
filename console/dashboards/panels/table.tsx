// Rows and columns, sorted by a click on a column's title; cells in the colour of their limit, and with links.
import { useState } from 'react'
import { Link } from 'wouter'
import { useDashboard } from '../dashboard-context.ts'
import { linksOf } from '../data-links.ts'
import { type Field, type Frame, fieldTitle, frameLength } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { sortFrame } from '../transformations.ts'
import { momentText } from '../units.ts'
import { showValue } from '../value-mapping.ts'

type Sorting = { name: string; descending: boolean }

/** More than anybody reads; what is left out is told. */
const MAX_ROWS = 200

export function TablePanel({ panel, data }: PanelProps) {
  const standard = (panel.options?.['sortBy'] as { displayName: string; desc?: boolean }[] | undefined)?.[0]
  const [sorting, setSorting] = useState<Sorting | undefined>(
    standard && { name: standard.displayName, descending: standard.desc === true },
  )
  const frame = data.frames[Number(panel.options?.['frameIndex'] ?? 0)] ?? data.frames[0]
  if (!frame) return null
  const sorted = sorting ? sortFrame(frame, sorting.name, sorting.descending) : frame
  const sort = (name: string) => setSorting({ name, descending: sorting?.name === name ? !sorting.descending : true })
  return <DataTable frame={sorted} sorting={sorting} onSort={sort} label={`Rows of ${panel.title ?? 'the table'}`} />
}

type Props = { frame: Frame; sorting: Sorting | undefined; onSort: (name: string) => void; label: string }

export function DataTable({ frame, sorting, onSort, label }: Props) {
  const rows = Math.min(MAX_ROWS, frameLength(frame))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className="data-table" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {frame.fields.map((field) => {
              const title = fieldTitle(field)
              const own = sorting?.name === title || sorting?.name === field.name
              return (
                <th
                  key={field.name}
                  scope="col"
                  className={field.type === 'number' ? 'figure' : ''}
                  aria-sort={own ? (sorting.descending ? 'descending' : 'ascending') : undefined}
                >
                  <button type="button" onClick={() => onSort(title)}>
                    {title}
                    {own ? (sorting.descending ? ' ↓' : ' ↑') : ''}
                  </button>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
            <tr key={row}>
              {frame.fields.map((field) => (
                <Cell key={field.name} field={field} frame={frame} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {frameLength(frame) > rows && <p className="hint">and {frameLength(frame) - rows} rows more</p>}
    </section>
  )
}

function Cell({ field, frame, row }: { field: Field; frame: Frame; row: number }) {
  const scope = useDashboard()
  const value = field.values[row] ?? null
  const { text, color } =
    field.type === 'time' && typeof value === 'number'
      ? { text: momentText(value), color: undefined }
      : showValue(value, field.options)
  const kind = (field.options?.custom?.['cellOptions'] as { type?: string } | undefined)?.type
  const [link] = value === null ? [] : linksOf(field, scope, { frame, row })
  const tone = color && value !== null ? color : undefined
  const style =
    tone && kind === 'color-background'
      ? { background: `color-mix(in srgb, ${tone} 26%, transparent)`, boxShadow: `inset 3px 0 ${tone}` }
      : {}
  return (
    <td className={field.type === 'number' ? 'figure' : ''} style={style}>
      {link ? <Link href={link.href}>{shortened(text)}</Link> : text}
    </td>
  )
}

/** Ids of traces need not be read to the end. */
function shortened(text: string): string {
  return /^[0-9a-f]{32}$/.test(text) ? `${text.slice(0, 10)}…` : text
}
