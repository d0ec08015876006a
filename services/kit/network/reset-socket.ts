// Ends a connection with RST, as both ends would see it: the peer by the segment, the owner of this end by ECONNRESET.
import type { Socket } from 'node:net'

export class ConnectionReset extends Error {
  // As Node's own, which is what it stands for.
  readonly code = 'ECONNRESET'
  readonly syscall = 'read'

  constructor() {
    super('read ECONNRESET')
    this.name = 'Error'
  }
}

export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  const destroy = socket._destroy
  // resetAndDestroy takes no error, and without one the owner would take the end for an orderly one.
  socket._destroy = (error, callback) => destroy.call(socket, error ?? new ConnectionReset(), callback)
  socket.resetAndDestroy()
}
