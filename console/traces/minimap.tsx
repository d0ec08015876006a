// The whole trace in small: a drag chooses what the waterfall shows, a double click shows all again.
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useCanvas } from '../shell/use-canvas.ts'
import type { Trace } from './trace-model.ts'
import { between, type ViewWindow, wholeWindow } from './view-window.ts'

const HEIGHT = 44

type Props = {
  trace: Trace
  colours: ReadonlyMap<string, string>
  window: ViewWindow
  onWindow: (window: ViewWindow) => void
}

export function Minimap({ trace, colours, window, onWindow }: Props) {
  const { ref, width, theme } = useCanvas()
  const from = useRef<number | undefined>(undefined)
  const [draft, setDraft] = useState<ViewWindow | undefined>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours, though it is read from the page
  useEffect(() => {
    if (ref.current && width > 0) draw(ref.current, trace, colours, width)
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

function draw(canvas: HTMLCanvasElement, trace: Trace, colours: ReadonlyMap<string, string>, width: number): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  const style = getComputedStyle(canvas)
  const resolved = new Map(
    [...colours].map(([service, css]) => [
      service,
      style.getPropertyValue(/--s\d+/.exec(css)?.[0] ?? '--ink-3').trim(),
    ]),
  )
  const error = style.getPropertyValue('--error').trim()
  pen.clearRect(0, 0, width, HEIGHT)
  const whole = Math.max(1, trace.durationMicros)
  const step = (HEIGHT - 4) / Math.max(1, trace.spans.length)
  for (const span of trace.spans) {
    pen.fillStyle = span.error ? error : (resolved.get(span.service) ?? '')
    const x = ((span.startMicros - trace.startMicros) / whole) * width
    pen.fillRect(
      x,
      2 + span.index * step,
      Math.max(1, (span.durationMicros / whole) * width),
      Math.max(1, Math.min(3, step)),
    )
  }
}
