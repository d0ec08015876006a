// Start and end of the time range as text, for whoever knows them or does without a pointer: what dragging over a chart does.
import { type FormEvent, useId, useRef, useState } from 'react'
import { endText, readTypedRange, type TimeRange } from './time-range.ts'
import { useDropDown } from './use-drop-down.ts'

type Props = { range: TimeRange; onChange: (range: TimeRange) => void }

export function RangeFields({ range, onChange }: Props) {
  const { ref, onKeyDown, close } = useDropDown()
  const first = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(range)
  const [wrong, setWrong] = useState<{ from?: string; to?: string }>({})
  const opened = () => {
    if (!ref.current?.open) return
    setTyped({ from: endText(range.from), to: endText(range.to) })
    setWrong({})
    first.current?.focus()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readTypedRange(typed, Date.now())
    if (read.kind === 'wrong') return setWrong(read)
    onChange(read.range)
    close()
  }
  return (
    <details ref={ref} className="range-fields" onKeyDown={onKeyDown} onToggle={opened}>
      <summary aria-label="From and to" title="From – to">
        <span aria-hidden="true">↔</span>
      </summary>
      <form onSubmit={submit} aria-label="From and to" noValidate>
        <End
          ref={first}
          label="From"
          value={typed.from}
          wrong={wrong.from}
          onType={(from) => setTyped({ ...typed, from })}
        />
        <End label="To" value={typed.to} wrong={wrong.to} onType={(to) => setTyped({ ...typed, to })} />
        <p className="hint">Local time, or back from now: 14:05, 2026-11-23 14:05, now-2h.</p>
        <button type="submit" className="button button-primary">
          Show
        </button>
      </form>
    </details>
  )
}

type EndProps = {
  label: string
  value: string
  wrong: string | undefined
  onType: (text: string) => void
  ref?: React.Ref<HTMLInputElement>
}

function End({ label, value, wrong, onType, ref }: EndProps) {
  const id = useId()
  return (
    <div className="range-end">
      <label htmlFor={id}>{label}</label>
      <input
        ref={ref}
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong === undefined ? undefined : `${id}-wrong`}
        onChange={(event) => onType(event.target.value)}
      />
      {wrong && (
        <span id={`${id}-wrong`} className="tone-error" role="alert">
          {label} is to be {wrong}.
        </span>
      )}
    </div>
  )
}
