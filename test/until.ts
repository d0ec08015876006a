// Waiting in tests: look again until it holds, within a deadline, instead of sleeping and hoping.
import { setTimeout as delay } from 'node:timers/promises'

/** Resolves with the first truthy value; throws after `timeoutMs` and names what was waited for. */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = 10_000): Promise<NonNullable<T>> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const value = await look()
    if (value) return value
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await delay(10)
  }
}
