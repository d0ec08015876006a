// What the panels of a dashboard share: its variables, the moment that is looked at, marks, and how to look elsewhere.
import { createContext, useContext } from 'react'
import type { Mark } from './annotation-marks.ts'
import type { Variables } from './interpolation.ts'

export type DashboardScope = {
  uid: string
  variables: Variables
  startMs: number
  endMs: number
  /** The range as it was chosen. It stays when the moment moves on; another one cancels what is loaded for this one. */
  range: string
  marks: readonly Mark[]
  onZoom: (startMs: number, endMs: number) => void
}

export const DashboardContext = createContext<DashboardScope>({
  uid: '',
  variables: {},
  startMs: 0,
  endMs: 0,
  range: '',
  marks: [],
  onZoom: () => {},
})

export function useDashboard(): DashboardScope {
  return useContext(DashboardContext)
}
