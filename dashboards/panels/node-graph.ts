// Who calls whom, as a graph. Grafana's panel wants two frames, edges (`id`, `source`, `target`) and nodes (`id`), with the fields
// `mainstat`, `secondarystat` and `arc__*`: https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/node-graph/
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/nodegraph'
import { type DataLink, describe, fixedColor, linksProperty, type PanelSpec } from './panel.ts'
import { tableQuery } from './query.ts'
import { bad, good } from './thresholds.ts'
import { unit } from './unit.ts'

export type NodeGraphSpec = Omit<PanelSpec, 'unit'> & {
  /** Two expressions with the labels `id`, `source` and `target`: requests a second, and milliseconds. */
  edges: { main: string; milliseconds: string }
  /** Expressions with the labels `id` and `title`: every source and every target of the edges must be among them. `failed` is a share. */
  nodes: { main: string; milliseconds: string; failed: string }
  links: readonly DataLink[]
}

const nodeRefs = '/^(?:A|B|C|D)$/'
const edgeRefs = '/^(?:E|F)$/'

export function nodeGraph(spec: NodeGraphSpec): PanelBuilder {
  const { nodes, edges } = spec
  const failed = `(${nodes.failed})`
  const exprs = [nodes.main, nodes.milliseconds, failed, `1 - ${failed}`, edges.main, edges.milliseconds]
  return (
    describe(new PanelBuilder(), { ...spec, unit: unit.none }, { width: 24, height: 17 })
      .targets(exprs.map(tableQuery))
      .withTransformation({ id: 'merge', filter: { id: 'byRefId', options: nodeRefs }, options: {} })
      .withTransformation({ id: 'merge', filter: { id: 'byRefId', options: edgeRefs }, options: {} })
      // The names are of different frames, so that one step serves both.
      .withTransformation({
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: {},
          renameByName: {
            'Value #A': 'mainstat',
            'Value #B': 'secondarystat',
            'Value #C': 'arc__failed',
            'Value #D': 'arc__ok',
            'Value #E': 'mainstat',
            'Value #F': 'secondarystat',
          },
        },
      })
      .overrideByName('mainstat', [
        // The panel prints the unit's id after the number.
        { id: 'unit', value: 'req/s' },
        { id: 'decimals', value: 1 },
      ])
      .overrideByName('secondarystat', [
        { id: 'unit', value: unit.milliseconds },
        { id: 'decimals', value: 1 },
      ])
      .overrideByName('arc__failed', [fixedColor(bad), { id: 'displayName', value: 'failed' }])
      .overrideByName('arc__ok', [fixedColor(good), { id: 'displayName', value: 'answered' }])
      .overrideByName('title', [linksProperty(spec.links)])
  )
}
