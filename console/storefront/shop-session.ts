// The shop's session of a customer: begun when it is first needed, and begun anew when the shop knows it no more. Pure.
import { ShopError } from './shop-client.ts'

/** Sessions last for hours, and end with the data of the cluster that gave them. */
export function isSessionEnded(error: unknown): boolean {
  return error instanceof ShopError && error.status === 401 && error.code === 'session_invalid'
}

/**
 * Runs what needs a session, and begins one where there is none. When the one that there was has ended, once more with a new one; a new
 * one that does not hold either is a failure.
 * @param run is told whether the session is new: then its basket is empty
 */
export async function withSession<T>(
  { isOpen, begin }: { isOpen: () => boolean; begin: () => Promise<void> },
  run: (isNew: boolean) => Promise<T>,
): Promise<T> {
  if (isOpen()) {
    try {
      return await run(false)
    } catch (error) {
      if (!isSessionEnded(error)) throw error
    }
  }
  await begin()
  return run(true)
}
