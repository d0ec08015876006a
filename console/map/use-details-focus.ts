// Where the keyboard is while details open, change and close: what was pressed within them goes with them, and its focus would be lost.
import { type RefObject, useCallback, useEffect, useRef } from 'react'

export type DetailsFocus = {
  details: RefObject<HTMLElement | null>
  /** Has the focus when the details have become those of something else. */
  heading: RefObject<HTMLHeadingElement | null>
  /** To be called before something else is selected. */
  beforeSelect(): void
  /** To be called before the details are closed: the focus returns to where they were opened. */
  beforeClose(): void
}

/** @param shown what the details are of; undefined while there are none */
export function useDetailsFocus(shown: string | undefined): DetailsFocus {
  const details = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const opener = useRef<Element>(null)
  const next = useRef<'heading' | 'opener'>(undefined)
  const beforeSelect = useCallback(() => {
    if (hasFocus(details.current)) next.current = 'heading'
    else opener.current = document.activeElement
  }, [])
  const beforeClose = useCallback(() => {
    if (hasFocus(details.current)) next.current = 'opener'
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when something else is shown
  useEffect(() => {
    const target = next.current === 'heading' ? heading.current : next.current === 'opener' ? opener.current : undefined
    next.current = undefined
    // Nodes of the map are of SVG.
    if (target instanceof HTMLElement || target instanceof SVGElement) target.focus()
  }, [shown])
  return { details, heading, beforeSelect, beforeClose }
}

function hasFocus(element: HTMLElement | null): boolean {
  return element?.contains(document.activeElement) ?? false
}
