// The line between the names of spans and their bars. It is drawn aside by the pointer or moved by the arrow keys, and remembered.
import { type KeyboardEvent, type PointerEvent, useCallback, useState } from 'react'

const KEY = 'faultline-span-names'
/** In percent of the waterfall's width. */
const LEAST = 12
const MOST = 70
const STANDARD = 33
const STEP = 2

/** The width of the names in percent of the waterfall; undefined as long as nobody has chosen one. */
export function useNameWidth(): [number | undefined, (percent: number | undefined) => void] {
  const [percent, setPercent] = useState(readWidth)
  const change = useCallback((next: number | undefined) => {
    const kept = next === undefined ? undefined : Math.round(Math.min(MOST, Math.max(LEAST, next)) * 10) / 10
    if (kept === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, String(kept))
    setPercent(kept)
  }, [])
  return [percent, change]
}

type Props = { percent: number | undefined; onChange: (percent: number | undefined) => void }

export function NameDivider({ percent, onChange }: Props) {
  const now = percent ?? STANDARD
  const move = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const box = event.currentTarget.parentElement?.getBoundingClientRect()
    if (box && box.width > 0) onChange(((event.clientX - box.left) / box.width) * 100)
  }
  const onKey = (event: KeyboardEvent) => {
    const next = keyMove(event.key, now)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onChange(next === 'standard' ? undefined : next)
  }
  return (
    // One that takes the focus is a control: https://www.w3.org/TR/wai-aria-1.2/#separator
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved
    <div
      className="name-divider"
      role="separator"
      tabIndex={0}
      aria-label="Width of the names"
      aria-orientation="vertical"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={Math.round(now)}
      title="Drag, or use the arrow keys; a double click is as it was"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onDoubleClick={() => onChange(undefined)}
      onKeyDown={onKey}
    />
  )
}

function keyMove(key: string, now: number): number | 'standard' | undefined {
  if (key === 'ArrowLeft') return now - STEP
  if (key === 'ArrowRight') return now + STEP
  if (key === 'Home') return LEAST
  if (key === 'End') return MOST
  return key === 'Escape' ? 'standard' : undefined
}

function readWidth(): number | undefined {
  const kept = Number(localStorage.getItem(KEY))
  return kept >= LEAST && kept <= MOST ? kept : undefined
}
