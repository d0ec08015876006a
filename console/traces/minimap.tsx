// The whole trace in small: a drag chooses what the waterfall shows, a double click shows all again.
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useCanvas } from '../shell/use-canvas.ts'
import type { Trace } from './trace-model.ts'
import { between, type ViewWindow, wholeWindow } from './view-window.ts'

const HEIGHT = 44

type Props = {
  trace: Trace
  /** CSS colour by index of the span. */
  colours: readonly string[]
  window: ViewWindow
  onWindow: (window: ViewWindow) => void
}

export function Minimap({ trace, colours, window, onWindow }: Props) {
  const { ref, width, theme } = useCanvas()
  const from = useRef<number | undefined>(undefined)
  const [draft, setDraft] = useState<ViewWindow | undefined>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours, though it is read from the page
  useEffect(() => {
    const canvas = ref.current
    if (!canvas || width === 0) return
    // The rows come first: what is to be read is painted before its picture in small.
    const timer = setTimeout(() => draw(canvas, trace, colours, width))
    return () => clearTimeout(timer)
  }, [ref, trace, colours, width, theme])
  const shareAt = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)))
  }
  const { start, end } = draft ?? window
  return (
    <div className="minimap" aria-hidden="true">
      {/* Zooming has keys of its own; see the shortcuts of the waterfall. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        className="minimap-area"
        onPointerDown={(event) => {
          from.current = shareAt(event)
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          if (from.current !== undefined) setDraft(between(from.current, shareAt(event)))
        }}
        onPointerUp={(event) => {
          const began = from.current
          from.current = undefined
          setDraft(undefined)
          if (began !== undefined && Math.abs(began - shareAt(event)) > 0.004) onWindow(between(began, shareAt(event)))
        }}
        onDoubleClick={() => onWindow(wholeWindow)}
      >
        <canvas ref={ref} height={HEIGHT} />
        <span className="minimap-shade" style={{ left: 0, width: `${start * 100}%` }} />
        <span className="minimap-shade" style={{ right: 0, width: `${(1 - end) * 100}%` }} />
      </div>
    </div>
  )
}

function draw(canvas: HTMLCanvasElement, trace: Trace, colours: readonly string[], width: number): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  const style = getComputedStyle(canvas)
  const resolve = (css: string) => style.getPropertyValue(/--[\w-]+/.exec(css)?.[0] ?? '--ink-3').trim()
  const resolved = new Map([...new Set(colours)].map((css) => [css, resolve(css)]))
  const error = style.getPropertyValue('--error').trim()
  pen.clearRect(0, 0, width, HEIGHT)
  const whole = Math.max(1, trace.durationMicros)
  const step = (HEIGHT - 4) / Math.max(1, trace.spans.length)
  const height = Math.max(1, Math.min(3, step))
  // Where rows are finer than pixels, what lies under a bar of the same row and colour is not drawn.
  let before = { y: -1, from: 0, to: 0, colour: '' }
  for (const span of trace.spans) {
    const colour = span.error ? error : (resolved.get(colours[span.index] ?? '') ?? '')
    const from = ((span.startMicros - trace.startMicros) / whole) * width
    const to = from + Math.max(1, (span.durationMicros / whole) * width)
    const y = step < 1 ? Math.round(2 + span.index * step) : 2 + span.index * step
    if (y === before.y && colour === before.colour && from >= before.from && to <= before.to + 0.5) continue
    if (colour !== before.colour) pen.fillStyle = colour
    pen.fillRect(from, y, to - from, height)
    before = { y, from, to, colour }
  }
}
