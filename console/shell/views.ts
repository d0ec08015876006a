// The views, in the order of the navigation. Each is loaded when it is first shown; a new one takes an entry here and nothing else.
import type { ComponentType } from 'react'

export type View = {
  id: string
  title: string
  /** A wouter pattern, of all that the view shows. */
  pattern: string | RegExp
  /** Where the navigation leads. */
  link: string
  /** Follows `g` on the keyboard. */
  key: string
  /** Shows the shared time range and refresh control. */
  hasTime: boolean
  load: () => Promise<ComponentType>
}

export const views: readonly View[] = [
  {
    id: 'traces',
    title: 'Traces',
    pattern: /^\/traces(?:\/.*)?$/,
    link: '/traces',
    key: 't',
    hasTime: true,
    load: () => import('../traces/traces-view.tsx').then(({ TracesView }) => TracesView),
  },
]
