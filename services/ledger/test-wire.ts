// For tests: a wire to a port that can be cut. What is cut is silent, as a lost network is: nothing is refused, nothing is closed.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Wire = {
  /** Where it is entered. */
  port: number
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** Leads to `targetPort` of this machine. */
export async function layWire(targetPort: () => number): Promise<Wire> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    sockets.add(near)
    near.on('error', () => near.destroy())
    if (isCut) return
    const far = connect(targetPort(), '127.0.0.1')
    sockets.add(far)
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A listening TCP server has an AddressInfo; only pipes have strings.
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    mend() {
      isCut = false
      // What was in flight is lost.
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
