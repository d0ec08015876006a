import { expect, test } from 'vitest'
import type { PanelJson } from './dashboard-json.ts'
import { gridArea, sections } from './layout.ts'

function panel(id: number, type: string, x: number, y: number, w = 12, h = 8): PanelJson {
  return { id, type, gridPos: { x, y, w, h } }
}

test('panels stand under the row before them, in reading order', () => {
  const cut = sections([
    panel(1, 'text', 0, 0, 24, 2),
    panel(5, 'timeseries', 12, 3),
    panel(4, 'timeseries', 0, 3),
    { ...panel(3, 'row', 0, 2, 24, 1), title: 'Load' },
    { ...panel(6, 'row', 0, 11, 24, 1), title: 'Folded', collapsed: true, panels: [panel(7, 'stat', 0, 12)] },
  ])
  expect(cut.map(({ row, panels }) => [row?.title, panels.map(({ id }) => id)])).toEqual([
    [undefined, [1]],
    ['Load', [4, 5]],
    ['Folded', [7]],
  ])
})

test('lines of the grid count from the section; nothing reaches out of it', () => {
  const [, section] = sections([panel(1, 'text', 0, 0), panel(2, 'row', 0, 8, 24, 1), panel(3, 'stat', 18, 9, 8, 4)])
  expect(gridArea(section!.panels[0]!, section!)).toEqual({ column: '19 / span 6', row: '1 / span 4' })
})
