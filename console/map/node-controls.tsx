// What can be done to a node: restart, kill, scale its kind. A kill asks once more; what the control plane refuses is shown in its words.
import { useState } from 'react'
import { killNode, type NodeStatus, restartNode, scaleKind } from '../control/cluster-status.ts'
import { useHas } from '../shell/session-context.ts'
import { MAX_REPLICAS, replicasInWords, type Scaling } from './scaling.ts'

type Props = { status: NodeStatus /** Of its kind. */; scaling: Scaling; onDone: () => void }

type Outcome = { kind: 'idle' } | { kind: 'busy'; what: string } | { kind: 'done' | 'failed'; text: string }

export function NodeControls({ status, scaling, onDone }: Props) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'idle' })
  const [sure, setSure] = useState(false)
  const { control } = useHas()
  const run = async (what: string, action: () => Promise<unknown>, done: string) => {
    setSure(false)
    setOutcome({ kind: 'busy', what })
    try {
      await action()
      setOutcome({ kind: 'done', text: done })
    } catch (error) {
      setOutcome({ kind: 'failed', text: error instanceof Error ? error.message : String(error) })
    }
    onDone()
  }
  if (!control) return <p className="hint">There is no control plane here, so nothing can be changed.</p>
  const { id, kind } = status
  const busy = outcome.kind === 'busy'
  return (
    <section aria-label={`Controls of ${id}`}>
      <h3>Controls</h3>
      <p className="actions">
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => void run(`restarting ${id}`, () => restartNode(id), `${id} is back`)}
        >
          Restart
        </button>
        <button
          type="button"
          className={`button ${sure ? 'button-danger' : ''}`}
          disabled={busy}
          onBlur={() => setSure(false)}
          onClick={() =>
            sure
              ? void run(`killing ${id}`, () => killNode(id), `${id} was killed; it is started again`)
              : setSure(true)
          }
        >
          {sure ? 'Kill it: sure?' : 'Kill'}
        </button>
        {status.role === 'node' && scaling.kind === 'scales' && (
          <Stepper
            {...{ kind, scaling, busy }}
            onScale={(replicas) =>
              void run(
                `scaling ${kind}`,
                () => scaleKind(kind, replicas),
                `${kind}: ${replicasInWords(replicas, scaling.perRegion)}`,
              )
            }
          />
        )}
      </p>
      {status.role === 'node' && scaling.kind === 'fixed' && <p className="hint">It does not scale: {scaling.why}.</p>}
      <p role="status" className={outcome.kind === 'failed' ? 'tone-error' : 'hint'}>
        {outcome.kind === 'busy' ? `${outcome.what} …` : outcome.kind === 'idle' ? '' : outcome.text}
      </p>
    </section>
  )
}

type StepperProps = {
  kind: string
  scaling: Extract<Scaling, { kind: 'scales' }>
  busy: boolean
  onScale: (replicas: number) => void
}

function Stepper({ kind, scaling: { replicas, perRegion }, busy, onScale }: StepperProps) {
  return (
    <span className="stepper">
      <button
        type="button"
        className="button"
        aria-label={`One ${kind} less`}
        disabled={busy || replicas <= 1}
        onClick={() => onScale(replicas - 1)}
      >
        −
      </button>
      <span>{replicasInWords(replicas, perRegion)}</span>
      <button
        type="button"
        className="button"
        aria-label={`One ${kind} more`}
        disabled={busy || replicas >= MAX_REPLICAS}
        onClick={() => onScale(replicas + 1)}
      >
        +
      </button>
    </span>
  )
}
