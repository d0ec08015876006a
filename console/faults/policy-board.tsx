// The policies: timeouts, retries, breakers and the like, as they are in force for calls, kinds of nodes and the cluster.
import { useEffect, useRef, useState } from 'react'
import {
  getPolicies,
  type Policies,
  type PolicySpec,
  type PolicyTarget,
  type PolicyValue,
  resetPolicies,
  resetPolicy,
  setPolicy,
} from '../control/policies.ts'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useLoad } from '../shell/use-load.ts'
import { parsePolicyValue, policyState, targetFor } from './policy-values.ts'

const REFRESH_MS = 5_000

/** @param sought a policy to begin at */
export function PolicyBoard({ sought }: { sought: string | undefined }) {
  const { data, error, loading, reload } = useLoad('policies', getPolicies, REFRESH_MS)
  const [call, setCall] = useState('')
  const [kind, setKind] = useState('')
  const [told, setTold] = useState<{ text: string; failed: boolean }>()
  if (error && !data) return <Failure error={error} what="The policies" onRetry={reload} />
  if (!data)
    return loading ? <Loading what="the policies" /> : <Empty title="This control plane has no policies to change" />
  const [caller, callee] = call.split(' → ')
  const target: PolicyTarget = {
    ...(caller ? { caller } : {}),
    ...(callee ? { callee } : {}),
    ...(kind ? { kind } : {}),
  }
  const run = async (action: () => Promise<{ changed: readonly unknown[]; applied: boolean }>) => {
    try {
      const { changed, applied } = await action()
      const where = `${changed.length} ${changed.length === 1 ? 'place' : 'places'}`
      setTold({
        text: applied ? `Changed in ${where}.` : `Changed in ${where}; not every node has answered yet.`,
        failed: false,
      })
    } catch (cause) {
      setTold({ text: cause instanceof Error ? cause.message : String(cause), failed: true })
    }
    reload()
  }
  const topics = [...new Set(data.catalogue.map(({ topic }) => topic))]
  const anyChanged = [...data.calls, ...data.kinds, data.cluster].some(({ changed }) => changed.length > 0)
  return (
    <section aria-label="Policies" className="policy-board">
      <div className="policy-bar">
        <label>
          Calls
          <select value={call} onChange={(event) => setCall(event.target.value)}>
            <option value="">all of them</option>
            {data.calls.map((each) => (
              <option key={`${each.caller} ${each.callee}`}>{`${each.caller} → ${each.callee}`}</option>
            ))}
          </select>
        </label>
        <label>
          Nodes
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">of all kinds</option>
            {data.kinds.map((each) => (
              <option key={each.kind}>{each.kind}</option>
            ))}
          </select>
        </label>
        <button type="button" className="button" disabled={!anyChanged} onClick={() => void run(resetPolicies)}>
          All back to their defaults
        </button>
        <span role="status" className={told?.failed ? 'tone-error' : 'tone-ok'}>
          {told?.text}
        </span>
      </div>
      {topics.map((topic) => (
        <section key={topic} className="panel policy-topic">
          <h3>{topic}</h3>
          {data.catalogue
            .filter((spec) => spec.topic === topic)
            .map((spec) => (
              <Policy
                key={`${spec.name} ${call} ${kind}`}
                spec={spec}
                policies={data}
                target={targetFor(spec.scope, target)}
                isSought={spec.name === sought}
                onRun={run}
              />
            ))}
        </section>
      ))}
    </section>
  )
}

type PolicyProps = {
  spec: PolicySpec
  policies: Policies
  target: PolicyTarget
  isSought: boolean
  onRun: (action: () => ReturnType<typeof setPolicy>) => Promise<void>
}

function Policy({ spec, policies, target, isSought, onRun }: PolicyProps) {
  const { value, standard, changed, places } = policyState(policies, spec, target)
  const [draft, setDraft] = useState<string>()
  const field = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isSought) return
    field.current?.scrollIntoView({ block: 'center' })
    field.current?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true })
  }, [isSought])
  if (places === 0) return null
  const { name, type, unit, does, cures, range, choices } = spec
  const text = draft ?? (value === undefined ? '' : String(value))
  const parsed = parsePolicyValue(spec, text)
  const wrong = draft !== undefined && parsed === undefined
  const send = async (next: PolicyValue) => {
    await onRun(() => setPolicy(name, next, target))
    setDraft(undefined)
  }
  return (
    <div ref={field} className={`policy ${changed ? 'changed' : ''} ${isSought ? 'sought' : ''}`}>
      <label htmlFor={`policy-${name}`}>
        <strong>{name}</strong> {changed && <span className="badge tone-warn">changed</span>}
        <span className="hint">
          {does}
          {cures.length > 0 && ` Helps against ${cures.join(', ')}.`}
        </span>
      </label>
      <span className="policy-value">
        {type === 'switch' && (
          <input
            id={`policy-${name}`}
            type="checkbox"
            checked={value === true}
            // On in some places and off in others is neither.
            ref={(input) => {
              if (input) input.indeterminate = value === undefined
            }}
            onChange={(event) => void send(event.target.checked)}
          />
        )}
        {type === 'choice' && (
          <select id={`policy-${name}`} value={text} onChange={(event) => void send(event.target.value)}>
            {value === undefined && <option value="">varies</option>}
            {choices?.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        )}
        {type === 'number' && (
          <input
            id={`policy-${name}`}
            type="number"
            step="any"
            value={text}
            placeholder="varies"
            aria-invalid={wrong}
            // What is in force already is no change.
            onChange={({ target }) => setDraft(target.value === String(value) ? undefined : target.value)}
            onKeyDown={(event) => event.key === 'Enter' && parsed !== undefined && void send(parsed)}
          />
        )}
        <span className="hint">{type === 'switch' && value === undefined ? 'varies' : unit}</span>
        {draft !== undefined && parsed !== undefined && parsed !== value && (
          <button type="button" className="button button-primary" onClick={() => void send(parsed)}>
            Set
          </button>
        )}
        {changed && draft === undefined && (
          <button
            type="button"
            className="button"
            aria-label={`${name} back to its default`}
            onClick={() => void onRun(() => resetPolicy(name, target))}
          >
            Back{standard === undefined ? '' : ` to ${String(standard)}`}
          </button>
        )}
        {wrong && <span className="tone-error">{range}</span>}
      </span>
    </div>
  )
}
