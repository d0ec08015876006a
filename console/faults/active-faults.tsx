// What is broken at the moment, how long it will be, and the button that ends all of it.
import { useEffect, useState } from 'react'
import { type ActiveFault, clearFaults } from '../control/faults.ts'

type Props = {
  /** As they were last told; undefined as long as they never were. */
  told: readonly ActiveFault[] | undefined
  /** Of the last attempt. */
  error: Error | undefined
  onChanged: () => void
}

export function ActiveFaults({ told, error, onChanged }: Props) {
  const active = told ?? []
  const nowMs = useNow(active.length > 0)
  const [failure, setFailure] = useState<string>()
  const clear = async (id?: string) => {
    setFailure(undefined)
    try {
      await clearFaults(id)
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause))
    }
    onChanged()
  }
  const wrong = failure ?? error?.message
  return (
    <section className={`active-faults panel ${active.length > 0 ? 'some' : ''}`} aria-label="Active faults">
      <header>
        <h2>{activeTitle(told?.length, error !== undefined)}</h2>
        <button
          type="button"
          className="button button-danger"
          // Where it is not known what there is to clear, it can be tried.
          disabled={told?.length === 0 && !error}
          onClick={() => void clear()}
        >
          Clear all
        </button>
      </header>
      {wrong && (
        <p className="tone-error" role="alert">
          {wrong}
        </p>
      )}
      <ul>
        {active.map(({ id, fault, target, parameters, startedAt, endsAt }) => {
          const endMs = Date.parse(endsAt)
          const leftS = Math.max(0, (endMs - nowMs) / 1000)
          const share = Math.min(1, Math.max(0, (endMs - nowMs) / Math.max(1, endMs - Date.parse(startedAt))))
          return (
            <li key={id}>
              <strong>{fault}</strong>
              <span>{target}</span>
              <span className="hint">
                {Object.entries(parameters)
                  .map(([name, value]) => `${name} ${String(value)}`)
                  .join(', ')}
              </span>
              <span className="deadline" role="timer" aria-label={`${fault} ends in ${Math.ceil(leftS)} seconds`}>
                <span style={{ width: `${share * 100}%` }} />
                <em>{leftS > 0 ? `${Math.ceil(leftS)} s` : 'ending'}</em>
              </span>
              <button
                type="button"
                className="button"
                aria-label={`Clear ${fault} on ${target}`}
                onClick={() => void clear(id)}
              >
                Clear
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What is known of what is broken. @param count as last told, undefined when it never was */
export function activeTitle(count: number | undefined, failed: boolean): string {
  if (count === undefined) return failed ? 'Not known what is broken on purpose' : 'Asking what is broken on purpose …'
  const known = count === 0 ? 'Nothing is broken on purpose' : `${count} active ${count === 1 ? 'fault' : 'faults'}`
  return failed ? `Not known any more; the last that was: ${known[0]?.toLowerCase()}${known.slice(1)}` : known
}

/** The time, each second, while somebody needs it. */
function useNow(needed: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    if (!needed) return
    setNowMs(Date.now())
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [needed])
  return nowMs
}
