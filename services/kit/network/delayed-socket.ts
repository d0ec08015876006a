// Puts a link's delay into one real socket, both ways, by replacing four of its methods in place. The socket stays the same object,
// so HTTP and database clients that hold it notice nothing but the delay. https://nodejs.org/api/stream.html#implementing-a-duplex-stream
import type { Socket } from 'node:net'
import { DelayLine } from './delay-line.ts'

/** The present state of one link, read at each chunk so that a change acts on open connections. */
export type LinkState = {
  /** From this node to the other, one way, in ms. */
  readonly outboundDelayMs: number
  /** From the other node to this one. */
  readonly inboundDelayMs: number
}

/** Bytes in flight one way before the sender has to wait, like TCP's window: it bounds our memory. */
export const windowBytes = 1024 * 1024

/** Delays all bytes and ends of stream of `socket` as `link` says; with no delay it passes them straight through. */
export function delaySocket(socket: Socket, link: LinkState): void {
  delayOutbound(socket, link)
  delayInbound(socket, link)
}

function delayOutbound(socket: Socket, link: LinkState): void {
  const line = new DelayLine()
  const write = socket._write
  const writev = socket._writev
  const final = socket._final
  socket.once('close', () => line.clear())

  type Done = (error?: Error | null) => void
  const send = (bytes: number, original: (done: Done) => void, accepted: Done): void => {
    if (link.outboundDelayMs === 0 && line.isEmpty) {
      original(accepted)
      return
    }
    line.add(link.outboundDelayMs, bytes, (done) => {
      // The stream was told long ago that this chunk is written, so a failure has to surface by itself.
      original((error) => (error ? socket.destroy(error) : done()))
    })
    waitForRoom(line, accepted)
  }

  socket._write = (chunk, encoding, callback) =>
    send(chunk.length, (done) => write.call(socket, chunk, encoding, done), callback)
  socket._writev = (chunks, callback) => {
    const bytes = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0)
    // Every net.Socket has _writev; only its declaration is optional.
    send(bytes, (done) => writev?.call(socket, chunks, done), callback)
  }
  socket._final = (callback) => {
    if (link.outboundDelayMs === 0 && line.isEmpty) return final.call(socket, callback)
    line.add(link.outboundDelayMs, 0, (done) => {
      final.call(socket, (error) => {
        callback(error)
        done()
      })
    })
  }
}

function waitForRoom(line: DelayLine, accepted: () => void): void {
  if (line.bytes < windowBytes) accepted()
  else line.onDelivered(() => waitForRoom(line, accepted))
}

function delayInbound(socket: Socket, link: LinkState): void {
  const line = new DelayLine()
  const push = socket.push
  socket.once('close', () => line.clear())

  socket.push = (chunk, encoding) => {
    if (link.inboundDelayMs === 0 && line.isEmpty) return push.call(socket, chunk, encoding)
    line.add(link.inboundDelayMs, chunk?.length ?? 0, (done) => {
      push.call(socket, chunk, encoding)
      // As net.Socket does after the end of stream: nobody may be reading, and then 'end' would never come.
      if (chunk === null) socket.read(0)
      done()
    })
    // False makes the socket stop reading; it starts again when the stream asks for more.
    return line.bytes + socket.readableLength < windowBytes
  }
}
