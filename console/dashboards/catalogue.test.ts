import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DashboardName, dashboardTitles, uidOf } from './catalogue.ts'
import type { DashboardJson, PanelJson } from './dashboard-json.ts'
import { panelTypes } from './panel-types.ts'
import { transform } from './transformations.ts'
import { parseVariableQuery, queryTextOf } from './variables.ts'

const folder = join(import.meta.dirname, '../../dashboards/json')
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
const read = (file: string): DashboardJson => JSON.parse(readFileSync(join(folder, file), 'utf8'))

test('the catalogue is what lies in the folder', () => {
  expect(files.toSorted()).toEqual(
    Object.keys(dashboardTitles)
      .map((name) => `${name}.json`)
      .toSorted(),
  )
})

function panelsOf(panels: readonly PanelJson[]): PanelJson[] {
  return panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])])
}

test.each(files)('%s can be drawn whole', (file) => {
  const name = file.replace('.json', '') as DashboardName
  const { uid, title, panels, templating } = read(file)
  expect({ uid, title }).toEqual({ uid: uidOf(name), title: dashboardTitles[name] })
  const all = panelsOf(panels)
  expect(all.filter(({ type }) => !panelTypes.includes(type)).map(({ type }) => type)).toEqual([])
  expect(all.flatMap(({ transformations = [] }) => transform([], transformations).unknown)).toEqual([])
  for (const variable of templating?.list ?? []) {
    if (variable.type === 'query') expect(parseVariableQuery(queryTextOf(variable)), variable.name).toBeDefined()
  }
})
