// Waiting in tests: look again until it holds, within a deadline, instead of sleeping and hoping.
import { setTimeout as delay } from 'node:timers/promises'

type Falsy = undefined | null | false | 0 | ''

/** Resolves with the first truthy value; throws after `timeoutMs` and names what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<Exclude<T, Falsy>> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const value = await look()
    // The check is what the type says.
    if (value) return value as Exclude<T, Falsy>
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await delay(10)
  }
}
