// Chooses a region of the scatter by numbers: what a drag does, by keyboard.
import { type FormEvent, useRef, useState } from 'react'
import { useShortcut } from '../shell/shortcuts.tsx'
import type { Box, Selection } from '../why/selection.ts'
import { Field } from './field.tsx'
import { readRegion, regionOf, regionText, type TypedRegion } from './region.ts'
import type { Trace } from './trace-model.ts'

const fields: readonly { name: keyof TypedRegion; label: string }[] = [
  { name: 'after', label: 'Began after' },
  { name: 'before', label: 'Began before' },
  { name: 'least', label: 'Took at least' },
  { name: 'most', label: 'Took at most' },
]

type Props = {
  /** At least one. */
  traces: readonly Trace[]
  selection: Selection | undefined
  onSelect: (selection: Selection) => void
}

export function RegionForm({ traces, selection, onSelect }: Props) {
  const details = useRef<HTMLDetailsElement>(null)
  const first = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<TypedRegion>({ after: '', before: '', least: '', most: '' })
  const [faults, setFaults] = useState<Partial<TypedRegion>>({})
  const show = (box: Box) => {
    setTyped(regionText(box))
    setFaults({})
  }
  // A region that was drawn meanwhile is the one to go on from.
  const [drawn, setDrawn] = useState(selection)
  if (selection !== drawn) {
    setDrawn(selection)
    if (selection?.kind === 'box') show(selection)
  }
  const opened = () => {
    if (!details.current?.open) return
    show(selection?.kind === 'box' ? selection : regionOf(traces))
    first.current?.focus()
  }
  useShortcut('b', 'Choose traces by time and duration', () => {
    if (details.current) details.current.open = true
    first.current?.focus()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readRegion(typed, regionOf(traces), Date.now())
    if (read.kind === 'wrong') return setFaults(read.faults)
    setFaults({})
    onSelect(read.box)
  }
  return (
    <details ref={details} className="region-choice" onToggle={opened}>
      <summary>Choose by time and duration</summary>
      <form className="region-form" onSubmit={submit} aria-label="Region of the traces" noValidate>
        {fields.map(({ name, label }, index) => (
          <Field key={name} label={label} fault={faults[name]}>
            <input
              ref={index === 0 ? first : undefined}
              type="text"
              autoComplete="off"
              spellCheck={false}
              value={typed[name]}
              aria-invalid={faults[name] !== undefined}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            />
          </Field>
        ))}
        <button type="submit" className="button">
          Ask about these
        </button>
      </form>
    </details>
  )
}
