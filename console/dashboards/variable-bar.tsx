// The choices above a dashboard: one of several in a list, several in a list with boxes.
import { useId } from 'react'
import { useDropDown } from '../shell/use-drop-down.ts'
import type { ShownVariable } from './use-variables.ts'
import { ALL, asText } from './variables.ts'

type Props = { shown: readonly ShownVariable[]; onChoose: (name: string, values: readonly string[]) => void }

export function VariableBar({ shown, onChoose }: Props) {
  const visible = shown.filter(
    ({ variable: { type, hide } }) => hide !== 2 && hide !== 'hideVariable' && type !== 'constant',
  )
  if (visible.length === 0) return null
  return (
    <div className="variable-bar">
      {visible.map((each) =>
        each.variable.multi ? (
          <Several key={each.variable.name} shown={each} onChoose={onChoose} />
        ) : (
          <One key={each.variable.name} shown={each} onChoose={onChoose} />
        ),
      )}
    </div>
  )
}

type EachProps = { shown: ShownVariable; onChoose: Props['onChoose'] }

function One({ shown: { variable, options, chosen }, onChoose }: EachProps) {
  const { name, label = name, description, includeAll, type } = variable
  const value = chosen.all ? ALL : (chosen.values[0] ?? '')
  if (type === 'textbox') {
    return (
      <label className="variable" title={description}>
        {label}
        <input type="text" defaultValue={value} onBlur={(event) => onChoose(name, [event.target.value])} />
      </label>
    )
  }
  const offered = options.some((option) => option.value === value) || value === ALL
  return (
    <label className="variable" title={description}>
      {label}
      <select value={value} onChange={(event) => onChoose(name, [event.target.value])}>
        {includeAll && <option value={ALL}>All</option>}
        {!offered && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  )
}

function Several({ shown: { variable, options, chosen }, onChoose }: EachProps) {
  const { name, label = name, description, includeAll } = variable
  const { ref, onKeyDown } = useDropDown()
  const id = useId()
  const toggle = (value: string, on: boolean) => {
    const before = chosen.all ? [] : chosen.values
    const next = on ? [...before, value] : before.filter((other) => other !== value)
    onChoose(name, next.length === 0 && includeAll ? [ALL] : next)
  }
  const all = [...new Set([...options.map(({ value }) => value), ...(chosen.all ? [] : chosen.values)])]
  return (
    <div className="variable" title={description}>
      <span id={id}>{label}</span>
      <details ref={ref} className="several" onKeyDown={onKeyDown}>
        <summary aria-label={`${label}: ${asText(chosen)}`}>{asText(chosen) || 'none'}</summary>
        <fieldset aria-labelledby={id}>
          {includeAll && (
            <label>
              <input type="checkbox" checked={chosen.all} onChange={() => onChoose(name, [ALL])} /> All
            </label>
          )}
          {all.map((value) => (
            <label key={value}>
              <input
                type="checkbox"
                checked={!chosen.all && chosen.values.includes(value)}
                onChange={(event) => toggle(value, event.target.checked)}
              />{' '}
              {options.find((option) => option.value === value)?.text ?? value}
            </label>
          ))}
        </fieldset>
      </details>
    </div>
  )
}
