// Keyboard shortcuts: single keys and sequences such as `g t`, never while somebody types. The help dialog lists what is in force.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'

export type Shortcut = { keys: string; what: string; run: () => void }

/** Keys of a sequence may be this far apart. */
const SEQUENCE_MS = 1_200

type Registry = { add(shortcut: Shortcut): () => void; list: readonly Shortcut[] }

const ShortcutContext = createContext<Registry>({ add: () => () => {}, list: [] })

export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [list, setList] = useState<readonly Shortcut[]>([])
  const latest = useRef(list)
  latest.current = list
  const add = useMemo(
    () => (shortcut: Shortcut) => {
      setList((before) => [...before, shortcut])
      return () => setList((before) => before.filter((each) => each !== shortcut))
    },
    [],
  )
  useEffect(() => {
    let prefix = ''
    let prefixAtMs = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return
      const before = event.timeStamp - prefixAtMs < SEQUENCE_MS ? prefix : ''
      const found = shortcutFor(latest.current, before, event.key)
      prefix = latest.current.some(({ keys }) => keys.startsWith(`${event.key} `)) ? event.key : ''
      prefixAtMs = event.timeStamp
      if (!found) return
      event.preventDefault()
      found.run()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const registry = useMemo(() => ({ add, list }), [add, list])
  return <ShortcutContext value={registry}>{children}</ShortcutContext>
}

/**
 * What a key does after `prefix`, which is empty when no sequence was begun: a whole sequence goes before the single key, and of two
 * alike the one that was added last, which is the most particular.
 */
export function shortcutFor(list: readonly Shortcut[], prefix: string, key: string): Shortcut | undefined {
  const whole = prefix === '' ? undefined : list.findLast(({ keys }) => keys === `${prefix} ${key}`)
  return whole ?? list.findLast(({ keys }) => keys === key)
}

/** In force as long as the component is shown. `run` may change at any time. */
export function useShortcut(keys: string, what: string, run: () => void): void {
  const { add } = useContext(ShortcutContext)
  const latest = useRef(run)
  latest.current = run
  useEffect(() => add({ keys, what, run: () => latest.current() }), [add, keys, what])
}

export function useShortcuts(): readonly Shortcut[] {
  return useContext(ShortcutContext).list
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('dialog')) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
