// The way to the statements of one database server: its callers' spans carry its address, it makes none of its own.
import { Link } from 'wouter'
import { tracesPath } from '../links.ts'
import type { ClusterMap } from './map-model.ts'

/** @param address `host:port` of the server */
export function CallersTraces({ id, address, map }: { id: string; address: string; map: ClusterMap }) {
  const callers = new Set(
    map.links.filter(({ to, protocol }) => to === id && protocol === 'sql').map(({ from }) => from),
  )
  const services = [...new Set(map.nodes.filter((node) => callers.has(node.id)).map(({ kind }) => kind))].sort()
  if (services.length === 0) return null
  const colon = address.lastIndexOf(':')
  const tags = { 'server.address': address.slice(0, colon), 'server.port': address.slice(colon + 1) }
  return (
    <section>
      <h3>Traces with its statements</h3>
      <ul className="chips">
        {services.map((service) => (
          <li key={service}>
            <Link
              className="button"
              href={tracesPath({ service, tags })}
              aria-label={`Traces of ${service} with ${id}`}
            >
              {service}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
