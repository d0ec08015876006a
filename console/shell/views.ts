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
  /** Shows the shared time range and refresh control: nowhere, at all of its addresses, or at those that match. */
  hasTime: boolean | RegExp
  /** Refresh interval in ms of an address that names none; 5 s when omitted, 0 for only when asked to. */
  refreshMs?: number
  load: () => Promise<ComponentType>
}

export const views: readonly View[] = [
  {
    id: 'map',
    title: 'Map',
    pattern: '/map',
    link: '/map',
    key: 'm',
    hasTime: false,
    load: () => import('../map/map-view.tsx').then(({ MapView }) => MapView),
  },
  {
    id: 'traces',
    title: 'Traces',
    pattern: /^\/traces(?:\/.*)?$/,
    link: '/traces',
    key: 't',
    // The search alone: a trace is of its own time.
    hasTime: /^\/traces$/,
    // A list that moves under the pointer is no help.
    refreshMs: 0,
    load: () => import('../traces/traces-view.tsx').then(({ TracesView }) => TracesView),
  },
  {
    id: 'shop',
    title: 'Storefront',
    pattern: /^\/storefront(?:\/.*)?$/,
    link: '/storefront',
    key: 's',
    hasTime: false,
    load: () => import('../storefront/storefront-view.tsx').then(({ StorefrontView }) => StorefrontView),
  },
  {
    id: 'dashboards',
    title: 'Dashboards',
    pattern: /^\/dashboards(?:\/.*)?$/,
    link: '/dashboards',
    key: 'd',
    hasTime: true,
    load: () => import('../dashboards/dashboards-view.tsx').then(({ DashboardsView }) => DashboardsView),
  },
  {
    id: 'query',
    title: 'Query',
    pattern: '/query',
    link: '/query',
    key: 'q',
    hasTime: true,
    refreshMs: 0,
    load: () => import('../query/query-view.tsx').then(({ QueryView }) => QueryView),
  },
  {
    id: 'faults',
    title: 'Faults',
    pattern: '/faults',
    link: '/faults',
    key: 'f',
    hasTime: false,
    load: () => import('../faults/faults-view.tsx').then(({ FaultsView }) => FaultsView),
  },
  {
    id: 'alerts',
    title: 'Alerts',
    pattern: '/alerts',
    link: '/alerts',
    key: 'a',
    hasTime: true,
    load: () => import('../alerts/alerts-view.tsx').then(({ AlertsView }) => AlertsView),
  },
  {
    id: 'present',
    title: 'Present',
    pattern: '/present',
    link: '/present',
    key: 'p',
    hasTime: false,
    load: () => import('../presenter/presenter-view.tsx').then(({ PresenterView }) => PresenterView),
  },
]

/** The view that shows a path; undefined when none does. */
export function viewAt(path: string): View | undefined {
  return views.find(({ pattern }) => (typeof pattern === 'string' ? path === pattern : pattern.test(path)))
}

/** Whether the shared time means anything at a path. */
export function hasTimeAt(path: string): boolean {
  const { hasTime = false } = viewAt(path) ?? {}
  return typeof hasTime === 'boolean' ? hasTime : hasTime.test(path)
}

const DEFAULT_REFRESH_MS = 5_000

/** How often what is at a path is refreshed when the address does not say: for the view and the control that shows it alike. */
export function standardRefreshMs(path: string): number {
  return viewAt(path)?.refreshMs ?? DEFAULT_REFRESH_MS
}
