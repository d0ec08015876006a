// Whether an element is seen, or about to be, and how wide it is: only panels in view ask for anything.
import { type RefObject, useEffect, useState } from 'react'

export type Seen = { inView: boolean; width: number }

const MARGIN = '160px'

export function useInView(ref: RefObject<HTMLElement | null>): Seen {
  const [seen, setSeen] = useState<Seen>({ inView: false, width: 0 })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const viewed = new IntersectionObserver(
      ([entry]) => setSeen((before) => ({ ...before, inView: entry?.isIntersecting === true })),
      { rootMargin: MARGIN },
    )
    const sized = new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0)
      setSeen((before) => (before.width === width ? before : { ...before, width }))
    })
    viewed.observe(element)
    sized.observe(element)
    return () => {
      viewed.disconnect()
      sized.disconnect()
    }
  }, [ref])
  return seen
}
