// Puts a link's delay and conditions into one real socket, both ways, by replacing four of its methods in place. The socket stays the
// same object, so HTTP and database clients that hold it notice nothing but the network.
// https://nodejs.org/api/stream.html#implementing-a-duplex-stream
import type { Socket } from 'node:net'
import type { Fate } from './conditions.ts'
import { DelayLine } from './delay-line.ts'
import { resetSocket } from './reset-socket.ts'

/** One direction of a link, read at each chunk so that a change acts on open connections. */
export type Direction = {
  readonly delayMs: number
  /** Nothing gets through at present. */
  readonly cut: boolean
  /** No delay and nothing wrong. */
  readonly isClear: boolean
  fate(bytes: number): Fate
  /** Has the line hear when a cut begins and ends, until the function that is returned is called. */
  join(line: DelayLine): () => void
}

export type LinkState = { readonly outbound: Direction; readonly inbound: Direction }

/** Bytes in flight one way before the sender has to wait, like TCP's window: it bounds our memory. */
export const windowBytes = 1024 * 1024

/** Lets all bytes and ends of stream of `socket` travel as `link` says; while that is clear it passes them straight through. */
export function delaySocket(socket: Socket, link: LinkState): void {
  delayOutbound(socket, link.outbound)
  delayInbound(socket, link.inbound)
}

function openLine(socket: Socket, direction: Direction): DelayLine {
  const line = new DelayLine()
  const leave = direction.join(line)
  socket.once('close', () => {
    leave()
    line.clear()
  })
  return line
}

function delayOutbound(socket: Socket, direction: Direction): void {
  const line = openLine(socket, direction)
  const write = socket._write
  const writev = socket._writev
  const final = socket._final

  type Done = (error?: Error | null) => void
  const send = (bytes: number, original: (done: Done) => void, accepted: Done): void => {
    if (direction.isClear && line.isEmpty) {
      original(accepted)
      return
    }
    const { delayMs, reset } = direction.fate(bytes)
    if (reset) {
      resetSocket(socket)
      return
    }
    line.add(delayMs, bytes, (done) => {
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
    if (direction.isClear && line.isEmpty) return final.call(socket, callback)
    line.add(direction.delayMs, 0, (done) => {
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

function delayInbound(socket: Socket, direction: Direction): void {
  const line = openLine(socket, direction)
  const push = socket.push

  socket.push = (chunk, encoding) => {
    if (direction.isClear && line.isEmpty) return push.call(socket, chunk, encoding)
    const { delayMs, reset } = direction.fate(chunk?.length ?? 0)
    if (reset) {
      resetSocket(socket)
      return false
    }
    line.add(delayMs, chunk?.length ?? 0, (done) => {
      push.call(socket, chunk, encoding)
      // As net.Socket does after the end of stream: nobody may be reading, and then 'end' would never come.
      if (chunk === null) socket.read(0)
      done()
    })
    // False makes the socket stop reading; it starts again when the stream asks for more.
    return line.bytes + socket.readableLength < windowBytes
  }
}
