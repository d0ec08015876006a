// The connections of a server's callers, to be closed while they are idle; those of scrapers are spared, for they watch.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export type Connections = {
  /** This one is never closed here. */
  spare(socket: Socket): void
  closeIdle(): void
}

export function watchConnections(server: Server): Connections {
  const open = new Set<Socket>()
  const spared = new WeakSet<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    spare: (socket) => void spared.add(socket),
    closeIdle() {
      for (const socket of open) if (!spared.has(socket) && isIdle(socket)) socket.destroy()
    },
  }
}

/** Node keeps the answer under way at its socket, and tells nobody otherwise. */
function isIdle(socket: Socket): boolean {
  return (socket as { _httpMessage?: unknown })._httpMessage == null
}
