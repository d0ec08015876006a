// Who came to the map, who stays, and who has just gone: a node that leaves is seen to leave. Pure.
import type { Placed } from './layout.ts'

/** How long one that is gone is still drawn, fading. */
const FADE_MS = 1_500

export type Presence = {
  place: Placed
  state: 'here' | 'came' | 'gone' /** When it went; 0 of one that is here. */
  goneMs: number
}

/** @param before of the drawing before this one; undefined at the first, where everybody has been here all the time */
export function followComings(
  before: ReadonlyMap<string, Presence> | undefined,
  placed: ReadonlyMap<string, Placed>,
  nowMs: number,
): ReadonlyMap<string, Presence> {
  const next = new Map<string, Presence>()
  for (const [id, place] of placed) {
    const known = before?.get(id)
    const stays = !before || (known && known.state !== 'gone')
    next.set(id, { place, state: stays ? (known?.state ?? 'here') : 'came', goneMs: 0 })
  }
  for (const [id, { place, state, goneMs }] of before ?? []) {
    if (next.has(id)) continue
    if (state !== 'gone') next.set(id, { place, state: 'gone', goneMs: nowMs })
    else if (nowMs - goneMs < FADE_MS) next.set(id, { place, state, goneMs })
  }
  return next
}
