// Keeps a view that fails from taking the shell with it.
import { Component, type ErrorInfo, type ReactNode } from 'react'

type Props = { children: ReactNode; what: string }
type State = { error: Error | undefined }

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(`${this.props.what} failed`, error, info.componentStack)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="notice notice-failure" role="alert">
        <h2>{this.props.what} failed</h2>
        <p>{error.message}</p>
        <p className="hint">The other views still work. If it happens again, reload the page.</p>
        <button type="button" className="button" onClick={() => this.setState({ error: undefined })}>
          Show it again
        </button>
      </div>
    )
  }
}
