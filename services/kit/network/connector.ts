// How clients open connections over a link: undici's `connect`, and the `stream` of pg.
// Names are not resolved: the caller knows the address, so that a virtual host like http://orders needs no DNS.
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import type { Link } from './link.ts'

/** Beyond the link's round trip; a refused or accepted connection on this machine takes a millisecond. */
const connectTimeoutMs = 2_000

export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout'
  readonly code = 'ETIMEDOUT'
}

export type Connect = buildConnector.connector

/** undici's `connect` for a client whose origin is only a name. Fails with the socket's own error or `ConnectTimeout`. */
export function createConnector(link: Link, address: { host: string; port: number }): Connect {
  return (_options, callback) => {
    const socket = link.open()
    const timer = setTimeout(
      () => socket.destroy(new ConnectTimeout(`no connection to ${address.host}:${address.port} in time`)),
      connectTimeoutMs + link.roundTripMs,
    )
    const fail = (error: Error) => {
      clearTimeout(timer)
      callback(error, null)
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      callback(null, socket)
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.connect(address.port, address.host)
  }
}

/** The `stream` option of pg: it connects the socket itself. */
export function createStream(link: Link): () => Socket {
  return () => link.open()
}
