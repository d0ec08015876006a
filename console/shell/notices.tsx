// What a view shows when it has nothing to show yet: that it is loading, that there is nothing, or what went wrong, and what to do.
import type { ReactNode } from 'react'
import { ApiError } from './api.ts'

export function Loading({ what }: { what: string }) {
  return (
    <div className="notice" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>Loading {what} …</p>
    </div>
  )
}

/** Nothing is there, and that is no failure. Children say what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice" role="status">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

type FailureProps = {
  error: Error
  what: string /** What to do, where the view knows better. */
  hint?: string
  onRetry?: () => void
}

export function Failure({ error, what, hint, onRetry }: FailureProps) {
  return (
    <div className="notice notice-failure" role="alert">
      <h2>{what} could not be loaded</h2>
      <p>{error.message}</p>
      <p className="hint">{hint ?? hintFor(error)}</p>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

function hintFor(error: Error): string {
  if (!(error instanceof ApiError)) return 'This looks like a fault of the console itself; reload the page.'
  if (error.status === 0) return 'Start it with `npm start`, and open the link that it prints.'
  if (error.status === 401) return 'Run `npx faultline open`.'
  if (error.status === 404) return 'It may have left the memory of the telemetry backend, which keeps the newest.'
  if (error.status >= 502) return '`npx faultline status` tells which part is down; it is asked again by itself.'
  return 'Change what was asked for, and try again.'
}
