// The scripts to choose from. Starting one fills the screen and hands over to the overlay.
import { present } from './presenter-state.ts'
import { scripts } from './scripts.ts'

export function PresenterView() {
  const start = (id: string) => {
    present({ script: id, step: 0 })
    // Refused where the browser does not allow it; the show goes on in the window.
    document.documentElement.requestFullscreen?.().catch(() => {})
  }
  return (
    <div className="scripts">
      <h1>Present</h1>
      <p className="hint">
        Full screen, large type, a step at a time. Arrow and page keys move; a remote control does, too.
      </p>
      <ul>
        {scripts.map(({ id, title, about, minutes, size, steps }) => (
          <li key={id} className="panel">
            <h2>{title}</h2>
            <p>{about}</p>
            <p className="hint">
              {steps.length} steps, about {minutes} minutes{size === 'full' ? ', with three regions' : ''}
            </p>
            <button
              type="button"
              className="button button-primary"
              aria-label={`Start “${title}”`}
              onClick={() => start(id)}
            >
              Start
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
