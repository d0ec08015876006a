// Traces as points: time to the right, duration upwards. A click opens one, a drag asks about many. The list below and
// region-form.tsx are the same for whoever cannot point.
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { formatMicros, formatTime } from '../shell/clock.ts'
import { useCanvas } from '../shell/use-canvas.ts'
import type { Selection } from '../why/selection.ts'
import { nearest, type ScatterScale, scatterScale } from './scatter-scale.ts'
import { rootOf, type Trace } from './trace-model.ts'

const HEIGHT = 210
const MARGIN = { left: 58, right: 12, top: 10, bottom: 24 }
const REACH = 14
/** Less of a drag is a click. */
const MIN_DRAG = 5

type Props = {
  traces: readonly Trace[]
  selection: Selection | undefined
  /** Traces that it comes to. */
  selected: readonly Trace[] | undefined
  colours: ReadonlyMap<string, string>
  onSelect: (selection: Selection) => void
  onOpen: (id: string) => void
}

type Box = { x0: number; y0: number; x1: number; y1: number }

export function TraceScatter({ traces, selection, selected, colours, onSelect, onOpen }: Props) {
  const { ref, width, theme } = useCanvas()
  const [hovered, setHovered] = useState<Trace | undefined>()
  const [drag, setDrag] = useState<Box | undefined>()
  const pressed = useRef(false)
  const scale = useMemo(
    () =>
      scatterScale(traces, {
        left: MARGIN.left,
        top: MARGIN.top,
        width: Math.max(50, width - MARGIN.left - MARGIN.right),
        height: HEIGHT - MARGIN.top - MARGIN.bottom,
      }),
    [traces, width],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours, though it is read from the page
  useEffect(() => {
    const canvas = ref.current
    if (canvas && width > 0) draw(canvas, { traces, scale, colours, selection, selected, drag, hovered, width })
  }, [ref, traces, scale, colours, selection, selected, drag, hovered, width, theme])
  const position = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const up = (event: PointerEvent) => {
    pressed.current = false
    setDrag(undefined)
    const box = drag
    if (box && Math.hypot(box.x1 - box.x0, box.y1 - box.y0) >= MIN_DRAG) return onSelect(selectionOf(box, scale))
    const { x, y } = position(event)
    const trace = nearest(traces, scale, x, y, REACH)
    if (trace) onOpen(trace.id)
  }
  return (
    <div className="scatter">
      <canvas
        ref={ref}
        height={HEIGHT}
        role="img"
        aria-label={`${traces.length} traces by time and duration; the list below has them all`}
        className={hovered ? 'pointing' : ''}
        onPointerDown={(event) => {
          const { x, y } = position(event)
          pressed.current = true
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag({ x0: x, y0: y, x1: x, y1: y })
        }}
        onPointerMove={(event) => {
          const { x, y } = position(event)
          if (pressed.current) setDrag((before) => before && { ...before, x1: x, y1: y })
          else setHovered(nearest(traces, scale, x, y, REACH))
        }}
        onPointerUp={up}
        onPointerLeave={() => setHovered(undefined)}
      />
      {hovered && !drag && (
        <Tip
          trace={hovered}
          x={scale.x(hovered.startMicros / 1000)}
          y={scale.y(hovered.durationMicros)}
          width={width}
        />
      )}
    </div>
  )
}

function Tip({ trace, x, y, width }: { trace: Trace; x: number; y: number; width: number }) {
  const root = rootOf(trace)
  const side = x > width / 2 ? { right: width - x + 12 } : { left: x + 12 }
  return (
    <div className="scatter-tip" style={{ ...side, top: Math.max(4, y - 20) }}>
      <strong>
        {root?.service} {root?.name}
      </strong>
      <span className="number">
        {formatMicros(trace.durationMicros)} · {trace.spans.length} spans
        {trace.errors > 0 ? ` · ${trace.errors} errors` : ''}
      </span>
    </div>
  )
}

function selectionOf({ x0, y0, x1, y1 }: Box, scale: ScatterScale): Selection {
  return {
    kind: 'box',
    startMs: scale.ms(Math.min(x0, x1)),
    endMs: scale.ms(Math.max(x0, x1)),
    minMicros: scale.micros(Math.max(y0, y1)),
    maxMicros: scale.micros(Math.min(y0, y1)),
  }
}

type Drawing = {
  traces: readonly Trace[]
  scale: ScatterScale
  colours: ReadonlyMap<string, string>
  selection: Selection | undefined
  selected: readonly Trace[] | undefined
  drag: Box | undefined
  hovered: Trace | undefined
  width: number
}

function draw(
  canvas: HTMLCanvasElement,
  { traces, scale, colours, selection, selected, drag, hovered, width }: Drawing,
): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  const style = getComputedStyle(canvas)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const resolve = (css: string | undefined) => colour(/--s\d+/.exec(css ?? '')?.[0] ?? '--ink-3')
  pen.clearRect(0, 0, width, HEIGHT)
  pen.font = `11px ${style.fontFamily}`
  pen.lineWidth = 1
  pen.textBaseline = 'middle'
  pen.textAlign = 'right'
  for (const tick of scale.durationTicks) {
    const y = Math.round(scale.y(tick)) + 0.5
    pen.strokeStyle = colour('--line')
    pen.beginPath()
    pen.moveTo(MARGIN.left, y)
    pen.lineTo(width - MARGIN.right, y)
    pen.stroke()
    pen.fillStyle = colour('--ink-3')
    pen.fillText(formatMicros(tick), MARGIN.left - 8, y)
  }
  pen.textAlign = 'center'
  for (const tick of scale.timeTicks) pen.fillText(formatTime(tick), scale.x(tick), HEIGHT - 10)
  const box = drag ?? (selection?.kind === 'box' ? boxOf(selection, scale) : undefined)
  if (box) {
    pen.globalAlpha = 0.14
    pen.fillStyle = colour('--accent')
    pen.fillRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
    pen.globalAlpha = 1
    pen.strokeStyle = colour('--accent')
    pen.strokeRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
  }
  const inFront = selected && new Set(selected)
  for (const trace of traces) {
    const failing = trace.errors > 0
    if (inFront) pen.globalAlpha = inFront.has(trace) || trace === hovered ? 1 : 0.25
    else pen.globalAlpha = trace === hovered ? 1 : 0.72
    pen.fillStyle = failing ? colour('--error') : resolve(colours.get(rootOf(trace)?.service ?? ''))
    const x = scale.x(trace.startMicros / 1000)
    const y = scale.y(trace.durationMicros)
    const radius = Math.min(9, 2.5 + Math.sqrt(trace.spans.length) / 3) + (trace === hovered ? 1.5 : 0)
    pen.beginPath()
    // Failing ones differ in shape as well as in colour.
    if (failing) {
      pen.moveTo(x, y - radius * 1.25)
      pen.lineTo(x + radius * 1.25, y)
      pen.lineTo(x, y + radius * 1.25)
      pen.lineTo(x - radius * 1.25, y)
      pen.closePath()
    } else pen.arc(x, y, radius, 0, Math.PI * 2)
    pen.fill()
  }
  pen.globalAlpha = 1
}

function boxOf(
  { startMs, endMs, minMicros, maxMicros }: Extract<Selection, { kind: 'box' }>,
  scale: ScatterScale,
): Box {
  return { x0: scale.x(startMs), y0: scale.y(maxMicros), x1: scale.x(endMs), y1: scale.y(minMicros) }
}
