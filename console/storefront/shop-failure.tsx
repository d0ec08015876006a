// What the storefront says when the shop failed: that it did, in words for a customer, and where to look for the reason.
import { Failure } from '../shell/notices.tsx'
import { failureText } from './failure-text.ts'

export function ShopFailure({ error, what, onRetry }: { error: Error; what: string; onRetry: () => void }) {
  return <Failure error={new Error(failureText(error))} what={what} hint={hint} onRetry={onRetry} />
}

const hint = '“See this request” below shows how far it came, and who did not answer.'

/** Below a form that could not do what was asked. */
export function FormFailure({ error }: { error: Error | undefined }) {
  if (!error) return null
  return (
    <p className="fault" role="alert">
      {failureText(error)} {hint}
    </p>
  )
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
