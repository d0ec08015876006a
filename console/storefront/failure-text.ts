// What the shop's errors mean to a customer. Pure.
import { ShopError } from './shop-client.ts'
import { refusalText } from './shop-model.ts'
import { isSessionEnded } from './shop-session.ts'

/** One or two sentences. */
export function failureText(error: Error): string {
  if (!(error instanceof ShopError)) return error.message
  const { status, code, message } = error
  if (isSessionEnded(error))
    return 'Your session has ended, and your basket with it. Put something in to begin a new one.'
  if (status === 402) return refusalText(code)
  if (status === 0) return 'The shop does not answer. Try again in a moment.'
  if (status === 429) return 'The shop has more customers than it can serve. Try again in a moment.'
  if (status === 504 || code === 'deadline_exceeded') return 'The shop took too long to answer. Try again in a moment.'
  if (status >= 500) return `Something in the shop is broken (${status}). Try again in a moment.`
  return message
}
