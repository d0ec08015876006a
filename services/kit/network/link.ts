// The way between this node and one other: its delays, what is wrong with it, and the sockets that are open on it.
// It decides nothing by itself.
import { Socket } from 'node:net'
import { goodConditions, type LinkConditions } from './conditions.ts'
import { delaySocket, type LinkState } from './delayed-socket.ts'
import { LinkDirection } from './direction.ts'
import { resetSocket } from './reset-socket.ts'

/** As undici's own connector sets it. */
const highWaterMark = 64 * 1024

export class Link implements LinkState {
  readonly outbound = new LinkDirection()
  readonly inbound = new LinkDirection()
  #conditions = goodConditions
  readonly #sockets = new Set<Socket>()
  /** Those that still have their original methods. */
  readonly #untouched = new Set<Socket>()
  /** Connections that wait for the end of a cut to be opened. */
  readonly #dials = new Set<() => void>()
  #resetFor: ReadonlySet<string> = new Set()
  readonly #refreshers = new Set<() => void>()

  /** Of the delays alone. */
  get roundTripMs(): number {
    return this.outbound.delayMs + this.inbound.delayMs
  }

  /** Sets the one-way delays in ms; they act on open connections from their next byte on. */
  setDelays(outboundMs: number, inboundMs: number): void {
    this.outbound.setDelay(outboundMs)
    this.inbound.setDelay(inboundMs)
    this.#touchIfNeeded()
  }

  /** Replaces what is wrong with the link; it acts on open connections, too. */
  setConditions(conditions: LinkConditions): void {
    if (conditions === this.#conditions) return
    const { refreshes } = this.#conditions
    this.#conditions = conditions
    this.outbound.setConditions(conditions.outbound)
    this.inbound.setConditions(conditions.inbound)
    this.#touchIfNeeded()
    if (!this.#isCut) for (const dial of this.#dials) dial()
    if (conditions.refreshes && !refreshes) for (const refresh of this.#refreshers) refresh()
  }

  /** Resets every open connection, once for each of these causes. */
  resetOnce(causes: readonly string[]): void {
    const isNew = causes.some((cause) => !this.#resetFor.has(cause))
    this.#resetFor = new Set(causes)
    if (isNew) for (const socket of this.#sockets) resetSocket(socket)
  }

  /** Calls `refresh` when idle connections are to be given up; returns how to stop that. */
  onRefresh(refresh: () => void): () => void {
    this.#refreshers.add(refresh)
    return () => void this.#refreshers.delete(refresh)
  }

  /** A socket that is not connected yet. Its `connect` takes a round trip longer, whatever the outcome. */
  open(): Socket {
    const socket = newSocket()
    this.#sockets.add(socket)
    this.#untouched.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#untouched.delete(socket)
    })
    this.#touchIfNeeded()
    this.#delayConnect(socket)
    return socket
  }

  get #isCut(): boolean {
    return this.outbound.cut || this.inbound.cut
  }

  #touchIfNeeded(): void {
    if (this.outbound.isClear && this.inbound.isClear) return
    for (const socket of this.#untouched) delaySocket(socket, this)
    this.#untouched.clear()
  }

  #delayConnect(socket: Socket): void {
    const connect = socket.connect
    socket.connect = (...args: unknown[]) => {
      // `connect` is overloaded; its arguments are passed on as they came.
      const proceed = () => connect.apply(socket, args as Parameters<Socket['connect']>)
      if (this.outbound.isClear && this.inbound.isClear && !this.#conditions.lookup) return proceed()
      // What is written meanwhile has to wait for the connection, as if it were being made.
      Object.assign(socket, { connecting: true })
      const { delayMs, error } = this.#conditions.lookup?.() ?? { delayMs: 0, error: undefined }
      setTimeout(
        () => {
          if (error) socket.destroy(error)
          else this.#dial(socket, proceed)
        },
        delayMs + this.outbound.fate(0).delayMs + this.inbound.fate(0).delayMs,
      )
      return socket
    }
  }

  #dial(socket: Socket, proceed: () => void): void {
    const dial = () => {
      this.#dials.delete(dial)
      if (!socket.destroyed) proceed()
    }
    if (!this.#isCut) {
      dial()
      return
    }
    this.#dials.add(dial)
    socket.once('close', () => this.#dials.delete(dial))
  }
}

function newSocket(): Socket {
  // The stream option is passed on by net.Socket, though its declaration does not list it.
  return new Socket({ highWaterMark } as ConstructorParameters<typeof Socket>[0])
}
