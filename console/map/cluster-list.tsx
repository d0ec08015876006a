// The same as the map, as tables: for screen readers, for the keyboard, for a phone.
import { formatValue } from '../dashboards/units.ts'
import { regionName, type Selection } from './drawing.tsx'
import { healthInWords } from './in-words.ts'
import type { ClusterMap, MapNode } from './map-model.ts'
import type { Measured } from './measured.ts'

type Props = { map: ClusterMap; selected: Selection | undefined; onSelect: (selection: Selection) => void }

const tones: Record<MapNode['health'], string> = {
  ok: 'tone-ok',
  busy: 'tone-warn',
  warn: 'tone-warn',
  down: 'tone-error',
}

export function ClusterList({ map, selected, onSelect }: Props) {
  return (
    <div className="map-list">
      <table>
        <caption>Nodes</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Region</th>
            <th scope="col">Health</th>
            <FigureHeads />
            <th scope="col">Role and faults</th>
          </tr>
        </thead>
        <tbody>
          {map.nodes.map((node) => (
            <tr key={node.id} aria-current={selected?.id === node.id ? 'true' : undefined}>
              <th scope="row">
                <button type="button" className="text-button" onClick={() => onSelect({ kind: 'node', id: node.id })}>
                  {node.id}
                </button>
              </th>
              <td>{regionName(node.region)}</td>
              <td className={tones[node.health]}>{healthInWords(node)}</td>
              <Figures of={node} />
              <td>{notesOf(node)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Links</caption>
        <thead>
          <tr>
            <th scope="col">From and to</th>
            <th scope="col">What</th>
            <FigureHeads />
            <th scope="col">Breaker and faults</th>
          </tr>
        </thead>
        <tbody>
          {map.links.map((link) => (
            <tr key={link.id} aria-current={selected?.id === link.id ? 'true' : undefined}>
              <th scope="row">
                <button type="button" className="text-button" onClick={() => onSelect({ kind: 'link', id: link.id })}>
                  {link.from} → {link.to}
                </button>
              </th>
              <td>{link.protocol}</td>
              <Figures of={link} />
              <td>
                {[link.breaker?.replace('_', ' '), ...link.faults.map(({ fault }) => fault)].filter(Boolean).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function notesOf(node: MapNode): string {
  return [
    node.role,
    node.lagS === undefined ? undefined : `${formatValue(node.lagS, 's')} behind`,
    node.waiting === undefined ? undefined : `${node.waiting} waiting`,
    ...node.ejected.map(({ callee, count }) => `${count} of ${callee} ejected`),
    ...node.faults.map(({ fault }) => fault),
  ]
    .filter((note) => note !== undefined)
    .join(', ')
}

const figures = ['Requests/s', 'Errors', 'p95'] as const

function FigureHeads() {
  return figures.map((name) => (
    <th key={name} scope="col" className="figure">
      {name}
    </th>
  ))
}

function Figures({ of: { rate, errorShare, p95S } }: { of: Measured }) {
  return (
    <>
      <td className="figure">{formatValue(rate, 'short')}</td>
      <td className="figure">{formatValue(errorShare, 'percentunit')}</td>
      <td className="figure">{formatValue(p95S, 's')}</td>
    </>
  )
}
