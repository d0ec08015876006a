// What is known of one link: how long callers wait, how long callees take, what lies between, both ways; and the faults it can take.
import type { FaultInfo } from '../control/faults.ts'
import { formatValue } from '../dashboards/units.ts'
import { queryInstant } from '../prometheus/client.ts'
import { useLoad } from '../shell/use-load.ts'
import { FaultChoices } from './fault-choices.tsx'
import type { ClusterMap, MapLink } from './map-model.ts'
import { RedLines } from './red-lines.tsx'
import { statementQueries } from './red-queries.ts'
import { Sparkline } from './sparkline.tsx'

type Props = { link: MapLink; map: ClusterMap; catalogue: readonly FaultInfo[] | undefined; refreshMs: number }

export function LinkDetails({ link, map, catalogue, refreshMs }: Props) {
  const { from, to, protocol } = link
  const back = map.links.find((other) => other.from === to && other.to === from)
  const statements = protocol === 'sql' ? statementQueries([link]) : undefined
  // Faults of the network are carried out by nodes that call or are called. Nobody bears the name of the queue, and servers follow each other
  // by connections of their own.
  const canTake = protocol === 'http' || protocol === 'sql'
  const takes = canTake ? (catalogue ?? []).filter(({ targets }) => targets.includes('link')) : []
  return (
    <>
      {protocol === 'http' && <Direction from={from} to={to} refreshMs={refreshMs} />}
      {protocol === 'http' &&
        (back ? (
          <Direction from={to} to={from} refreshMs={refreshMs} />
        ) : (
          <p className="hint">
            {to} does not call {from}; only its answers come this way.
          </p>
        ))}
      {statements && <RedLines of="Statements" queries={statements} refreshMs={refreshMs} />}
      {protocol === 'queue' && <p>{formatValue(link.rate, 'cps')} messages, on average of the last seconds.</p>}
      {protocol === 'replication' && (
        <p className="hint">The replica follows the primary; how far it is behind stands at the replica.</p>
      )}
      {link.breaker && (
        <p className="tone-error">
          The breaker of {from} is {link.breaker.replace('_', ' ')}.
        </p>
      )}
      {link.faults.length > 0 && (
        <section>
          <h3>Active faults</h3>
          <ul className="link-list">
            {link.faults.map((fault) => (
              <li key={fault.id}>
                {fault.fault} <span className="hint">{fault.target}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <FaultChoices faults={takes} place={{ from, to }} where={`from ${from} to ${to}`} />
    </>
  )
}

/** Quantiles as the caller sees them, beside those of the callee; the difference is the network and queues before the callee's door. */
function Direction({ from, to, refreshMs }: { from: string; to: string; refreshMs: number }) {
  const calls = `instance="${from}", callee_instance="${to}"`
  const client = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(http_client_request_duration_seconds_bucket{${calls}}[20s])))`
  const server = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(http_server_request_duration_seconds_bucket{instance="${to}"}[20s])))`
  const { data } = useLoad(
    `${from} ${to}`,
    async (signal) => {
      const ask = async (query: string) => (await queryInstant(query, signal)).data[0]?.value
      return Promise.all([client(0.5), client(0.95), client(0.99), server(0.5), server(0.95), server(0.99)].map(ask))
    },
    refreshMs,
  )
  return (
    <section>
      <h3>
        {from} → {to}
      </h3>
      <table className="quantiles">
        <thead>
          <tr>
            <th scope="col">Waited</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">by the caller</th>
            {[0, 1, 2].map((at) => (
              <td key={at}>{formatValue(finite(data?.[at]), 's')}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">of it in the callee</th>
            {[3, 4, 5].map((at) => (
              <td key={at}>{formatValue(finite(data?.[at]), 's')}</td>
            ))}
          </tr>
        </tbody>
      </table>
      <Sparkline
        title="Requests/s"
        unit="short"
        refreshMs={refreshMs}
        query={`sum(rate(http_client_request_duration_seconds_count{${calls}}[20s]))`}
      />
      <Sparkline
        title="Errors"
        unit="percentunit"
        refreshMs={refreshMs}
        query={`(sum(rate(http_client_request_duration_seconds_count{${calls}, outcome!~"ok|client_error|cancelled"}[20s])) or vector(0)) / sum(rate(http_client_request_duration_seconds_count{${calls}}[20s]))`}
      />
      <Sparkline title="p95" unit="s" refreshMs={refreshMs} query={client(0.95)} />
    </section>
  )
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined
}
