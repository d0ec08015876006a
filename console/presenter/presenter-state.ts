// Which script is being presented, and at which step: kept for the tab, so that a reload goes on where it was.

export type Presenting = { script: string; step: number }

const KEY = 'faultline-presenter'

type Listener = () => void
const listeners = new Set<Listener>()
let current: Presenting | undefined | 'unread' = 'unread'

export function readPresenting(): Presenting | undefined {
  if (current === 'unread') current = parse(sessionStorage.getItem(KEY))
  return current
}

export function present(next: Presenting | undefined): void {
  current = next
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next))
  else sessionStorage.removeItem(KEY)
  for (const listener of listeners) listener()
}

export function subscribeToPresenting(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function parse(text: string | null): Presenting | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    if (typeof value !== 'object' || value === null || !('script' in value) || !('step' in value)) return undefined
    return typeof value.script === 'string' && Number.isInteger(value.step) ? (value as Presenting) : undefined
  } catch {
    return undefined
  }
}
