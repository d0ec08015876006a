// Where panels stand: Grafana's grid of 24 columns, cut into rows that can be folded. On a narrow screen panels stand below each other, in
// reading order.
import type { PanelJson } from './dashboard-json.ts'

export const COLUMNS = 24
/** Height of one unit of the grid, and the space between, in pixels: Grafana's. */
export const UNIT_PX = 30
export const GAP_PX = 8

export type Section = {
  /** Undefined for the panels above the first row. */
  row: { id: number; title: string; collapsed: boolean } | undefined
  panels: readonly PanelJson[]
}

/** Panels by the rows that they stand under, in reading order. */
export function sections(panels: readonly PanelJson[]): Section[] {
  const ordered = panels.toSorted((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)
  const result: { row: Section['row']; panels: PanelJson[] }[] = []
  for (const panel of ordered) {
    if (panel.type === 'row') {
      const { id, title = '', collapsed = false, panels: inside = [] } = panel
      result.push({ row: { id, title, collapsed }, panels: [...inside] })
    } else {
      if (result.length === 0) result.push({ row: undefined, panels: [] })
      result.at(-1)?.panels.push(panel)
    }
  }
  return result
}

/** Lines of CSS grid of a panel, in its section: rows count from the section's first panel. */
export function gridArea(panel: PanelJson, section: Section): { column: string; row: string } {
  const top = Math.min(...section.panels.map(({ gridPos }) => gridPos.y))
  const { x, y, w, h } = panel.gridPos
  return { column: `${x + 1} / span ${Math.min(w, COLUMNS - x)}`, row: `${y - top + 1} / span ${h}` }
}

/** Height of a panel that spans so many units, in pixels. */
export function heightPx(units: number): number {
  return units * UNIT_PX + (units - 1) * GAP_PX
}
