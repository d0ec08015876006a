// One fault: what it does, where and how it is to be injected, and what to watch for.
import { type FormEvent, useId, useState } from 'react'
import { Link } from 'wouter'
import { type FaultInfo, injectFault, type ParameterInfo } from '../control/faults.ts'
import { policyPath, queryPath } from '../links.ts'
import {
  choicesOf,
  type FaultForm,
  formErrors,
  hasTwoEnds,
  initialForm,
  type Places,
  rangeText,
  toInjection,
  valueKind,
  type Wanted,
  whereTitles,
} from './fault-form.ts'

type Props = {
  fault: FaultInfo
  places: Places
  wanted: Wanted
  /** Told where to strike, each time that somebody chooses another place. */
  onPick: (places: Wanted) => void
  onInjected: () => void
}

type Outcome = { kind: 'idle' | 'busy' } | { kind: 'done' | 'failed'; text: string }

export function InjectForm({ fault, places, wanted, onPick, onInjected }: Props) {
  const [form, setForm] = useState<FaultForm>(() => initialForm(fault, places, wanted))
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'idle' })
  const errors = formErrors(fault, form)
  const change = (part: Partial<FaultForm>) => setForm((before) => ({ ...before, ...part }))
  const pick = (part: Partial<FaultForm>) => {
    const { target, from, to } = { ...form, ...part }
    onPick({ target, from, to })
    change(part)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (Object.keys(errors).length > 0) return
    setOutcome({ kind: 'busy' })
    try {
      const { target, applied } = await injectFault(toInjection(fault, form))
      setOutcome({
        kind: 'done',
        text: applied ? `Active on ${target}.` : `Told to ${target}; not every node has answered yet.`,
      })
      onInjected()
    } catch (error) {
      setOutcome({ kind: 'failed', text: error instanceof Error ? error.message : String(error) })
    }
  }
  const ends = hasTwoEnds(form.where)
    ? (['from', 'to'] as const)
    : form.where === 'cluster'
      ? []
      : (['target'] as const)
  const endTitles = { from: 'From', to: 'To', target: 'Which' }
  return (
    <form className="inject-form" onSubmit={(event) => void submit(event)} aria-label={`Inject ${fault.term}`}>
      <h2>{fault.term}</h2>
      <p>{fault.description}</p>
      <div className="fields">
        {fault.targets.length > 1 && (
          <Field label="Where">
            {(id) => (
              <select
                id={id}
                value={form.where}
                onChange={(event) => pick({ where: event.target.value, target: '', from: '', to: '' })}
              >
                {fault.targets.map((target) => (
                  <option key={target} value={target}>
                    {whereTitles[target] ?? target}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {ends.map((end) => (
          <Field key={end} label={endTitles[end]} error={errors[end]}>
            {(id) => (
              <select
                id={id}
                value={form[end]}
                aria-invalid={errors[end] !== undefined}
                onChange={(event) => pick({ [end]: event.target.value })}
              >
                <option value="">choose …</option>
                {choicesOf(fault, form.where, places).map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Field>
        ))}
        {fault.parameters.map((parameter) => (
          <Parameter
            key={parameter.name}
            parameter={parameter}
            value={form.parameters[parameter.name] ?? ''}
            error={errors[parameter.name]}
            onChange={(value) => change({ parameters: { ...form.parameters, [parameter.name]: value } })}
          />
        ))}
        <Field label="Ends after" hint="seconds; it always ends by itself" error={errors['forS']}>
          {(id) => (
            <input
              id={id}
              type="number"
              inputMode="decimal"
              value={form.forS}
              aria-invalid={errors['forS'] !== undefined}
              onChange={(event) => change({ forS: event.target.value })}
            />
          )}
        </Field>
      </div>
      <p className="actions">
        <button
          type="submit"
          className="button button-primary"
          disabled={Object.keys(errors).length > 0 || outcome.kind === 'busy'}
        >
          {outcome.kind === 'busy' ? 'Injecting …' : 'Inject'}
        </button>
        <span role="status" className={outcome.kind === 'failed' ? 'tone-error' : 'tone-ok'}>
          {'text' in outcome ? outcome.text : ''}
        </span>
      </p>
      <WatchFor fault={fault} />
    </form>
  )
}

type FieldProps = {
  label: string
  hint?: string | undefined
  error?: string | undefined
  children: (id: string) => React.ReactNode
}

function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {error ? <span className="tone-error">{error}</span> : hint && <span className="hint">{hint}</span>}
    </div>
  )
}

type ParameterProps = {
  parameter: ParameterInfo
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function Parameter({ parameter: { name, description, schema }, value, error, onChange }: ParameterProps) {
  const kind = valueKind(schema)
  const hint = kind === 'number' ? `${description}; ${rangeText(schema)}` : description
  return (
    <Field label={name} hint={hint} error={error}>
      {(id) => {
        if (kind === 'switch')
          return (
            <input
              id={id}
              type="checkbox"
              checked={value === 'true'}
              onChange={(event) => onChange(String(event.target.checked))}
            />
          )
        if (kind === 'choice') {
          return (
            <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
              {schema.enum?.map((choice) => (
                <option key={String(choice)}>{String(choice)}</option>
              ))}
            </select>
          )
        }
        return (
          <input
            id={id}
            type={kind === 'number' ? 'number' : 'text'}
            step="any"
            value={value}
            aria-invalid={error !== undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }}
    </Field>
  )
}

function WatchFor({ fault: { signature, impact, remedies, redHerring } }: { fault: FaultInfo }) {
  return (
    <section className="watch-for">
      <h3>What to watch for</h3>
      <dl>
        <div>
          <dt>Customers</dt>
          <dd>
            {impact.text} {impact.indicator && <Link href={queryPath(impact.indicator)}>their indicator</Link>}
          </dd>
        </div>
        <div>
          <dt>Signature</dt>
          <dd>
            <Link href={queryPath(signature.promql)}>
              <code>{signature.promql}</code>
            </Link>
            {signature.alert && <> and the alert {signature.alert}</>}
          </dd>
        </div>
        <div>
          <dt>Red herring</dt>
          <dd>{redHerring}</dd>
        </div>
        {remedies.length > 0 && (
          <div>
            <dt>Remedies</dt>
            <dd>
              <ul>
                {remedies.map(({ name, policies: [policy], commands, why }) => (
                  <li key={name}>
                    {policy ? <Link href={policyPath(policy)}>{name}</Link> : name}: {why}
                    {commands.map((command) => (
                      <code key={command} className="remedy-command">
                        {command}
                      </code>
                    ))}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}
