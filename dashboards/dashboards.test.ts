// The dashboards as data: the committed JSON is what the code says, complete, and leads nowhere that is not there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contractFile, readContract } from '../test/metric-contract.ts'
import { metricNames } from '../test/metric-names.ts'
import { dashboardFiles, dashboards } from './all-dashboards.ts'
import { dashboardTitles, uidOf } from './panels/catalogue.ts'
import { unit } from './panels/unit.ts'
import { interpolate } from './queries/interpolate.ts'
import {
  annotationQueriesOf,
  emptyIsGood,
  panelQueries,
  panelsOf,
  standardChoice,
  variableQueries,
} from './queries/read-queries.ts'

const jsonFolder = join(import.meta.dirname, 'json')
const panelTypes = [
  'timeseries',
  'stat',
  'gauge',
  'table',
  'heatmap',
  'state-timeline',
  'nodeGraph',
  'logs',
  'text',
  'bargauge',
]
const sources = ['prometheus', 'jaeger', 'loki']
const scope = { startMs: 0, endMs: 900_000, stepMs: 5_000 }

test('the committed JSON is what the code says: run `npm run dashboards`', () => {
  const files = dashboardFiles()
  expect(readdirSync(jsonFolder).sort()).toEqual(files.map(({ name }) => name).sort())
  for (const { name, text } of files) expect(readFileSync(join(jsonFolder, name), 'utf8') === text, name).toBe(true)
})

describe.each(Object.entries(dashboards))('%s', (id, dashboard) => {
  // As it is committed: what is undefined is not there.
  const written = JSON.parse(JSON.stringify(dashboard)) as typeof dashboard
  const panels = panelsOf(written)

  test('every panel has a title, an info text, a unit and a data source, and is of a type that every drawer knows', () => {
    for (const panel of panels) {
      const { title = '', description = '', datasource, fieldConfig, type, targets = [] } = panel
      expect(title.length, 'title').toBeGreaterThan(2)
      expect(description.length, title).toBeGreaterThan(20)
      expect(Object.values(unit), title).toContain(fieldConfig?.defaults.unit)
      expect(sources, title).toContain(datasource?.uid)
      expect(panelTypes, title).toContain(type)
      expect(targets.length > 0, `${title}: queries`).toBe(type !== 'text')
      expect(targets.map(({ datasource: { uid } }) => uid).filter((uid) => uid !== datasource?.uid)).toEqual([])
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    }
  })

  test('ids and titles are unique, and panels lie beside each other', () => {
    const all = written.panels ?? []
    expect(new Set(all.map((panel) => panel.id)).size).toBe(all.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    const taken = new Set<string>()
    for (const { gridPos, title } of all) {
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {}
      expect(x + w, title).toBeLessThanOrEqual(24)
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(taken.has(`${column} ${row}`), `${title} lies on another panel`).toBe(false)
          taken.add(`${column} ${row}`)
        }
      }
    }
  })

  test('it begins with what to look for, and says it in a few lines', () => {
    const [first] = panels
    expect(first?.type).toBe('text')
    expect(String(first?.options?.content)).toMatch(/^\*\*.+\?\*\*/)
    expect(panels.filter(({ type }) => type === 'text')).toHaveLength(1)
  })

  test('every link leads to a dashboard that is there, with variables that it has', () => {
    const links = [...JSON.stringify(written).matchAll(/\/d\/([\w-]+)(\?[^"\\)]*)?/g)]
    expect(links.length).toBeGreaterThanOrEqual(8)
    const byUid = new Map(Object.values(dashboards).map((one) => [one.uid, one]))
    for (const [link, uid, query = ''] of links) {
      const target = byUid.get(uid)
      expect(target, link).toBeDefined()
      for (const [, name] of query.matchAll(/var-(\w+)=/g)) {
        expect(
          target?.templating.list?.map((variable) => variable.name),
          link,
        ).toContain(name)
      }
    }
    const others = Object.keys(dashboardTitles).filter((other) => other !== id)
    // Keys of the table are ids.
    expect(written.links?.map(({ url }) => url)).toEqual(
      others.map((other) => `/d/${uidOf(other as keyof typeof dashboardTitles)}`),
    )
  })

  test('links take no choice along that its target cannot have', () => {
    const isMany = (one: typeof dashboard, name: string) => one.templating.list?.find((it) => it.name === name)?.multi
    for (const { url, includeVars } of written.links ?? []) {
      const target = Object.values(dashboards).find(({ uid }) => url === `/d/${uid}`)
      const shared = (written.templating.list ?? []).filter(({ name }) => target && isMany(target, name) !== undefined)
      const tooMuch = shared.filter(({ name, multi }) => multi && target && !isMany(target, name))
      expect(includeVars ? tooMuch.map(({ name }) => name) : [], url).toEqual([])
      for (const { name, definition } of shared.filter(() => includeVars)) {
        const there = target?.templating.list?.find((it) => it.name === name)?.definition
        const labelOf = (text = '') => /, (\w+)\)$/.exec(text)?.[1]
        expect(labelOf(there), `${url}: ${name}`).toBe(labelOf(definition))
      }
    }
  })

  test('links to the value of a label find it in every series of their panel', () => {
    for (const panel of panels) {
      for (const [, label] of JSON.stringify(panel.fieldConfig).matchAll(/__field\.labels\.(\w+)/g)) {
        for (const { legendFormat = '', refId } of panel.targets ?? []) {
          expect(legendFormat, `${panel.title} ${refId}`).toContain(`{{${label}}}`)
        }
      }
    }
  })

  test('every query is filled in by the variables of the dashboard, and asks for metrics of the contract', () => {
    const contract = readContract([contractFile])
    const choice = standardChoice(written)
    const queries = [...panelQueries(written), ...annotationQueriesOf(written)]
    const series = variableQueries(written).map(({ name, series }) => ({ place: `variable ${name}`, expr: series }))
    expect(queries.length).toBeGreaterThan(10)
    for (const { place, expr } of [...queries, ...series]) {
      for (const name of metricNames(interpolate(expr, choice, scope))) {
        const family = name.replace(/_(bucket|sum|count)$/, '')
        expect(contract.has(name) || contract.has(family) || isKnownOtherwise(name), `${place}: ${name}`).toBe(true)
      }
    }
  })

  test('a variable depends only on those before it', () => {
    const before: string[] = []
    for (const { name, series } of variableQueries(written)) {
      for (const [, used] of series.matchAll(/\$(\w+)/g)) expect(before).toContain(used)
      before.push(name)
    }
  })

  test('annotations ask the same in both places that Grafana reads', () => {
    for (const { expr, target, name } of written.annotations.list ?? []) {
      expect((target as { expr?: string } | undefined)?.expr, name).toBe(expr)
    }
  })

  test('reasons for emptiness are sentences', () => {
    for (const panel of panels) {
      const reason = emptyIsGood(panel)
      if (reason !== undefined) expect(reason, panel.title).toMatch(/^[a-z`].{10,}\.$/)
    }
  })
})

/** Recorded by our rules, of the ledger (whose part of the contract comes with it), kept by every Prometheus, or told by the programs that stand in the embedded backend's place. */
function isKnownOtherwise(name: string): boolean {
  return name === 'ALERTS' || name.startsWith('journey:') || /^(otelcol|prometheus)_/.test(name)
}
