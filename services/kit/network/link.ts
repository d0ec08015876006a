// The way between this node and one other: its delays, and the sockets that are open on it.
// Faults between two nodes act here too; the link decides nothing by itself.
import { Socket } from 'node:net'
import { delaySocket, type LinkState } from './delayed-socket.ts'

/** As undici's own connector sets it. */
const highWaterMark = 64 * 1024

export class Link implements LinkState {
  #outboundDelayMs = 0
  #inboundDelayMs = 0
  /** Open sockets that still have their original methods. */
  readonly #untouched = new Set<Socket>()

  get outboundDelayMs(): number {
    return this.#outboundDelayMs
  }

  get inboundDelayMs(): number {
    return this.#inboundDelayMs
  }

  get roundTripMs(): number {
    return this.#outboundDelayMs + this.#inboundDelayMs
  }

  /** Sets the one-way delays in ms; they act on open connections from their next byte on. */
  setDelays(outboundMs: number, inboundMs: number): void {
    this.#outboundDelayMs = outboundMs
    this.#inboundDelayMs = inboundMs
    if (this.roundTripMs === 0) return
    for (const socket of this.#untouched) delaySocket(socket, this)
    this.#untouched.clear()
  }

  /** A socket that is not connected yet. Its `connect` takes a round trip longer, whatever the outcome. */
  open(): Socket {
    const socket = newSocket()
    if (this.roundTripMs > 0) {
      delaySocket(socket, this)
    } else {
      this.#untouched.add(socket)
      socket.once('close', () => this.#untouched.delete(socket))
    }
    this.#delayConnect(socket)
    return socket
  }

  #delayConnect(socket: Socket): void {
    const connect = socket.connect
    socket.connect = (...args: unknown[]) => {
      // `connect` is overloaded; its arguments are passed on as they came.
      const proceed = () => connect.apply(socket, args as Parameters<Socket['connect']>)
      if (this.roundTripMs === 0) return proceed()
      // What is written meanwhile has to wait for the connection, as if it were being made.
      Object.assign(socket, { connecting: true })
      setTimeout(() => {
        if (!socket.destroyed) proceed()
      }, this.roundTripMs)
      return socket
    }
  }
}

function newSocket(): Socket {
  // The stream option is passed on by net.Socket, though its declaration does not list it.
  return new Socket({ highWaterMark } as ConstructorParameters<typeof Socket>[0])
}
