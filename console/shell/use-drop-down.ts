// A `details` element that drops down over the page: Escape and a click elsewhere close it.
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from 'react'

export type DropDown = {
  ref: RefObject<HTMLDetailsElement | null>
  onKeyDown(event: KeyboardEvent): void
  /** Gives the focus back to what opened it. */
  close(): void
}

export function useDropDown(): DropDown {
  const ref = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const closeElsewhere = (event: Event) => {
      if (ref.current?.open && !ref.current.contains(event.target as Node)) ref.current.open = false
    }
    document.addEventListener('pointerdown', closeElsewhere)
    return () => document.removeEventListener('pointerdown', closeElsewhere)
  }, [])
  const close = useCallback(() => {
    if (!ref.current) return
    ref.current.open = false
    ref.current.querySelector('summary')?.focus()
  }, [])
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !ref.current?.open) return
      event.stopPropagation()
      close()
    },
    [close],
  )
  return { ref, onKeyDown, close }
}
