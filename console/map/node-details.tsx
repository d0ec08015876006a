// What is known of one node: rate, errors and duration, logs, its links, and what can be done to it.
import { Link } from 'wouter'
import type { FaultInfo } from '../control/faults.ts'
import { formatValue } from '../dashboards/units.ts'
import { faultsPath, servicePath, tracePath, tracesPath } from '../links.ts'
import { getJson } from '../shell/api.ts'
import { formatTime } from '../shell/clock.ts'
import { useLoad } from '../shell/use-load.ts'
import { CallersTraces } from './callers-traces.tsx'
import type { Selection } from './drawing.tsx'
import { FaultChoices } from './fault-choices.tsx'
import { healthInWords, measuredInWords } from './in-words.ts'
import type { ClusterMap, MapNode } from './map-model.ts'
import { NodeControls } from './node-controls.tsx'
import { RedLines } from './red-lines.tsx'
import { redQueriesOf } from './red-queries.ts'
import { scalingOf } from './scaling.ts'

type Props = {
  node: MapNode
  map: ClusterMap
  catalogue: readonly FaultInfo[] | undefined
  onSelect: (selection: Selection) => void
  onChanged: () => void
  refreshMs: number
}

export function NodeDetails({ node, map, catalogue, onSelect, onChanged, refreshMs }: Props) {
  const { id, status } = node
  const links = map.links.filter(({ from, to }) => from === id || to === id)
  const red = redQueriesOf(node, map.links)
  return (
    <>
      <p className={node.health === 'ok' ? 'tone-ok' : node.health === 'down' ? 'tone-error' : 'tone-warn'}>
        {healthInWords(node)}
      </p>
      <dl className="node-facts">
        {factsOf(node).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {red && (
        <RedLines of={node.shape === 'database' ? 'Statements' : 'Requests'} queries={red} refreshMs={refreshMs} />
      )}
      {node.shape === 'database' && status?.address && <CallersTraces {...{ id, map }} address={status.address} />}
      {node.shape === 'database' && (
        <FaultChoices
          faults={catalogue?.filter(({ databases }) => databases.includes(id)) ?? []}
          place={{ target: id }}
          where={`at ${id}`}
        />
      )}
      {node.shape !== 'queue' && node.shape !== 'database' && (
        <p className="actions">
          <Link className="button" href={tracesPath({ service: node.kind, instance: id })}>
            Traces
          </Link>
          <Link className="button" href={servicePath(node.kind)}>
            Dashboard
          </Link>
          <Link className="button" href={faultsPath({ target: id })}>
            Break it
          </Link>
        </p>
      )}
      {status && <NodeControls status={status} scaling={scalingOf(node, map.nodes)} onDone={onChanged} />}
      {links.length > 0 && (
        <section>
          <h3>Links</h3>
          <ul className="link-list">
            {links.map((link) => (
              <li key={link.id}>
                <button type="button" className="text-button" onClick={() => onSelect({ kind: 'link', id: link.id })}>
                  {link.from === id ? `→ ${link.to}` : `← ${link.from}`}
                </button>
                <span className="hint">{link.protocol === 'replication' ? 'replication' : measuredInWords(link)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {node.status && node.shape !== 'database' && <Logs id={id} refreshMs={refreshMs} />}
    </>
  )
}

function factsOf(node: MapNode): [string, string][] {
  const { status } = node
  const facts: [string, string | undefined][] = [
    ['Process', status ? `${status.state}${status.pid === null ? '' : `, pid ${status.pid}`}` : undefined],
    ['Up for', status?.uptimeS == null ? undefined : formatValue(status.uptimeS, 's')],
    ['Restarts', status ? String(status.restarts) : undefined],
    ['Memory', status?.memoryBytes == null ? undefined : formatValue(status.memoryBytes, 'bytes')],
    ['Event loop', node.busy === undefined ? undefined : formatValue(node.busy, 'percentunit')],
    ['Role', node.role],
    ['Behind by', node.lagS === undefined ? undefined : formatValue(node.lagS, 's')],
    ['Waiting', node.waiting === undefined ? undefined : String(node.waiting)],
    ['Oldest', node.oldestS === undefined ? undefined : formatValue(node.oldestS, 's')],
    ['Dead letters', node.deadLetters === undefined ? undefined : String(node.deadLetters)],
    [
      'Breakers',
      node.breakers.map(({ callee, state }) => `${callee} ${state.replace('_', ' ')}`).join(', ') || undefined,
    ],
    ['Ejected', node.ejected.map(({ callee, count }) => `${count} of ${callee}`).join(', ') || undefined],
    ['Faults', node.faults.map(({ fault }) => fault).join(', ') || undefined],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined)
}

type LogRecord = {
  timeUnixNano: string
  severity: string
  body: string
  traceID: string
  attributes: Record<string, unknown>
}

function Logs({ id, refreshMs }: { id: string; refreshMs: number }) {
  const path = `/jaeger/api/logs?instance=${encodeURIComponent(id)}&limit=12`
  const { data, error } = useLoad(path, (signal) => getJson<{ data: LogRecord[] }>(path, { signal }), refreshMs)
  return (
    <section>
      <h3>Logs</h3>
      {error && <p className="hint">Not to be had here: {error.message}</p>}
      {data?.data.length === 0 && <p className="hint">It has written nothing yet.</p>}
      <ol className="log-lines">
        {data?.data.toReversed().map((record) => (
          <li key={`${record.timeUnixNano}${record.body}`} className={`severity-${record.severity.toLowerCase()}`}>
            <time>{formatTime(Number(BigInt(record.timeUnixNano) / 1_000_000n))}</time>{' '}
            {record.traceID ? <Link href={tracePath(record.traceID)}>{record.body}</Link> : record.body}
          </li>
        ))}
      </ol>
    </section>
  )
}
