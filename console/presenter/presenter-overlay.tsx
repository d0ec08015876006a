// The presenter's words over whatever view is shown: what to say, what to do, back and next. Page keys work, as presenters' remotes send.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useLocation } from 'wouter'
import { MarkdownText } from '../dashboards/markdown-text.tsx'
import { useShortcut } from '../shell/shortcuts.tsx'
import { pathToShow } from './newest-trace.ts'
import { present, readPresenting, subscribeToPresenting } from './presenter-state.ts'
import { runAction } from './run-action.ts'
import type { Script } from './script-schema.ts'
import { scripts } from './scripts.ts'
import './presenter.css'

export function PresenterOverlay() {
  const presenting = useSyncExternalStore(subscribeToPresenting, readPresenting)
  const script = scripts.find(({ id }) => id === presenting?.script)
  useEffect(() => {
    if (!script) return
    document.documentElement.dataset['presenting'] = script.id
    return () => {
      delete document.documentElement.dataset['presenting']
    }
  }, [script])
  if (!script || !presenting) return null
  const at = Math.min(Math.max(0, presenting.step), script.steps.length - 1)
  return <Stage key={`${script.id} ${at}`} script={script} at={at} />
}

type Outcome = { kind: 'idle' | 'busy' | 'done' } | { kind: 'failed'; text: string }

function Stage({ script, at }: { script: Script; at: number }) {
  const [, navigate] = useLocation()
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'idle' })
  const step = script.steps[at]
  const show = step?.show ?? '/map'
  useEffect(() => {
    let current = true
    void pathToShow(show)
      .catch(() => '/traces')
      .then((path) => current && navigate(path))
    return () => {
      current = false
    }
  }, [show, navigate])
  const go = (to: number) => {
    if (to >= 0 && to < script.steps.length) present({ script: script.id, step: to })
  }
  const act = async () => {
    if (!step?.action || outcome.kind === 'busy') return
    setOutcome({ kind: 'busy' })
    try {
      await runAction(step.action)
      setOutcome({ kind: 'done' })
    } catch (error) {
      setOutcome({ kind: 'failed', text: error instanceof Error ? error.message : String(error) })
    }
  }
  const onward = () => (step?.action && outcome.kind === 'idle' ? void act() : go(at + 1))
  useShortcut('PageDown', 'Presenter: do it, then on', onward)
  useShortcut('ArrowRight', 'Presenter: next step', () => go(at + 1))
  useShortcut('PageUp', 'Presenter: step back', () => go(at - 1))
  useShortcut('ArrowLeft', 'Presenter: step back', () => go(at - 1))
  if (!step) return null
  const last = at === script.steps.length - 1
  return (
    <aside className="presenter" aria-label={`Presenting: ${script.title}`}>
      <div className="presenter-words" aria-live="polite">
        <h2>{step.title}</h2>
        <MarkdownText text={step.say} />
        {outcome.kind === 'failed' && <p className="tone-error">{outcome.text}</p>}
      </div>
      <div className="presenter-buttons">
        <span className="hint">
          {at + 1} / {script.steps.length}
        </span>
        {step.action && (
          <button
            type="button"
            className="button button-primary"
            disabled={outcome.kind === 'busy' || outcome.kind === 'done'}
            onClick={() => void act()}
          >
            {outcome.kind === 'done' ? 'Done ✓' : outcome.kind === 'busy' ? '…' : step.button}
          </button>
        )}
        <button type="button" className="button" disabled={at === 0} onClick={() => go(at - 1)}>
          Back
        </button>
        <button type="button" className="button" onClick={() => (last ? stop() : go(at + 1))}>
          {last ? 'Finish' : 'Next'}
        </button>
        <button type="button" className="icon-button" aria-label="End the presentation" onClick={stop}>
          ×
        </button>
      </div>
    </aside>
  )
}

function stop(): void {
  present(undefined)
  if (document.fullscreenElement) void document.exitFullscreen()
}
