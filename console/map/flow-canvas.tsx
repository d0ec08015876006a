// The dots on the links, drawn on a canvas over the map, one frame after the other as long as the page is seen and motion is wanted.
import { useEffect, useRef } from 'react'
import { Flow } from './flow.ts'
import type { MapLayout } from './layout.ts'
import { type Curve, curveBetween, pointAt } from './link-path.ts'
import type { MapLink } from './map-model.ts'

type Props = { layout: MapLayout; links: readonly MapLink[]; onSampling: (requestsPerDot: number) => void }

const RADIUS = 2.6

export function FlowCanvas({ layout, links, onSampling }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const flow = useRef<Flow>(null)
  const curves = useRef<ReadonlyMap<string, Curve>>(new Map())
  const size = useRef(layout)
  size.current = layout
  flow.current ??= new Flow(Math.random)

  useEffect(() => {
    const drawn = links.filter(({ protocol }) => protocol !== 'replication')
    flow.current?.update(drawn)
    onSampling(flow.current?.requestsPerDot() ?? 1)
    curves.current = new Map(
      drawn.flatMap(({ id, from, to }) => {
        const [start, end] = [layout.placed.get(from), layout.placed.get(to)]
        return start && end ? [[id, curveBetween(start, end)] as const] : []
      }),
    )
  }, [layout, links, onSampling])

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    let frame = 0
    let beforeMs: number | undefined
    const draw = (nowMs: number) => {
      frame = requestAnimationFrame(draw)
      flow.current?.advance(beforeMs === undefined ? 0 : (nowMs - beforeMs) / 1000)
      beforeMs = nowMs
      paint(element, context, size.current, curves.current, flow.current?.dots ?? [])
    }
    frame = requestAnimationFrame(draw)
    return () => cancelAnimationFrame(frame)
  }, [])
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; what it shows stands in words at the nodes
  return <canvas ref={canvas} className="flow" aria-hidden="true" />
}

function paint(
  element: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  layout: MapLayout,
  curves: ReadonlyMap<string, Curve>,
  dots: Flow['dots'],
): void {
  const ratio = Math.min(2, devicePixelRatio)
  const width = Math.round(element.clientWidth * ratio)
  const height = Math.round(element.clientHeight * ratio)
  if (element.width !== width || element.height !== height) {
    element.width = width
    element.height = height
  }
  const scale = width / layout.width
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, layout.width, layout.height)
  const style = getComputedStyle(element)
  for (const failed of [false, true]) {
    context.fillStyle = style.getPropertyValue(failed ? '--flow-failed' : '--flow-ok')
    context.beginPath()
    for (const dot of dots) {
      const curve = curves.get(dot.link)
      if (dot.failed !== failed || !curve) continue
      const { x, y } = pointAt(curve, dot.at)
      context.moveTo(x + RADIUS, y)
      context.arc(x, y, failed ? RADIUS * 1.25 : RADIUS, 0, 2 * Math.PI)
    }
    context.fill()
  }
}
