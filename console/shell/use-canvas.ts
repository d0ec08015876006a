// A canvas as wide as its parent and as sharp as the screen, and a reason to draw again when the theme changes.
import { useEffect, useRef, useState } from 'react'

/** Height is the canvas's own, in CSS pixels. Drawing is in CSS pixels, too. `width` is 0 until it is known. */
export function useCanvas(): { ref: React.RefObject<HTMLCanvasElement | null>; width: number; theme: string } {
  const ref = useRef<HTMLCanvasElement>(null)
  const height = useRef(0)
  const [width, setWidth] = useState(0)
  const [theme, setTheme] = useState(document.documentElement.dataset['theme'] ?? '')
  useEffect(() => {
    const canvas = ref.current
    const parent = canvas?.parentElement
    if (!canvas || !parent) return
    height.current = canvas.height
    const adapt = (next: number) => {
      const ratio = devicePixelRatio || 1
      // A new size, even the same one, empties a canvas.
      if (canvas.width === Math.round(next * ratio) && canvas.style.width === `${next}px`) return
      canvas.width = Math.round(next * ratio)
      canvas.height = Math.round(height.current * ratio)
      canvas.style.width = `${next}px`
      canvas.style.height = `${height.current}px`
      canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0)
      setWidth(next)
    }
    // Tells the first size, too, when the page has been laid out anyway: to ask for it now would lay it out once more.
    const sizes = new ResizeObserver(([entry]) => adapt(Math.round(entry?.contentRect.width ?? 0)))
    sizes.observe(parent)
    const themes = new MutationObserver(() => setTheme(document.documentElement.dataset['theme'] ?? ''))
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      sizes.disconnect()
      themes.disconnect()
    }
  }, [])
  return { ref, width, theme }
}
