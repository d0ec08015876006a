// The control plane's end of the streams: accepts the WebSocket of each node, sends documents, hears what was applied,
// and takes a node that no longer answers out of everybody's document.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { FromNode, type ToNode } from '../../services/kit/control/document.ts'
import { HttpError } from '../../services/kit/http/errors.ts'
import { type AccessRules, refusal } from './access.ts'
import type { World } from './documents.ts'
import type { ToldFault } from './faults/fault-book.ts'
import { Publisher } from './publisher.ts'
import type { Registry } from './registry.ts'

export type StreamServerDeps = {
  registry: Registry
  world: () => World
  /** See PublisherDeps. */
  faults: (id: string, session: number) => ToldFault[]
  access: AccessRules
  /** Called when readiness, presence or the applied version of a node may have changed. */
  onChange?: (id: string) => void
  /** Between two pings of a stream; 1000 when omitted. */
  pingEveryMs?: number
  /** Silence after which a node counts as gone; 5000 when omitted. */
  silenceMs?: number
  /** See PublisherDeps. */
  lastVersion?: number
}

type Stream = { socket: WebSocket; session: number; id: string; heardAtMs: number }

/** Messages of nodes are tiny; a larger one is no node's. */
const MAX_MESSAGE_BYTES = 16 * 1024
/** For paths to be read with; nobody asks it. */
const ORIGIN = 'http://control'

export class StreamServer {
  readonly publisher: Publisher
  private readonly deps: StreamServerDeps
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  private readonly streams = new Map<string, Stream>()
  private readonly heartbeat: NodeJS.Timeout
  private lastSession = 0

  constructor(deps: StreamServerDeps) {
    this.deps = deps
    this.publisher = new Publisher({
      registry: deps.registry,
      world: deps.world,
      faults: deps.faults,
      send: (id, message) => this.send(id, message),
      ...(deps.lastVersion === undefined ? {} : { lastVersion: deps.lastVersion }),
    })
    this.heartbeat = setInterval(() => this.checkPulse(performance.now()), deps.pingEveryMs ?? 1_000)
    this.heartbeat.unref()
  }

  /** Takes over the server's WebSocket upgrades. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
  }

  /** Sends to the node's stream; false when it has none. */
  send(id: string, message: ToNode): boolean {
    const stream = this.streams.get(id)
    stream?.socket.send(JSON.stringify(message))
    return stream !== undefined
  }

  close(): void {
    clearInterval(this.heartbeat)
    this.publisher.close()
    for (const { socket } of this.streams.values()) socket.terminate()
    this.sockets.close()
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const target = request.url ?? '/'
    // What comes from strangers may be no URL at all.
    const url = URL.canParse(target, ORIGIN) ? new URL(target, ORIGIN) : new URL(ORIGIN)
    const id = url.searchParams.get('node') ?? ''
    const refused = refusal(request, this.deps.access) ?? this.unknown(url.pathname, id)
    if (refused) {
      socket.end(`HTTP/1.1 ${refused.status} ${refused.code}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.open(opened, id))
  }

  private unknown(path: string, id: string): HttpError | undefined {
    if (path !== '/v1/stream') return new HttpError(404, 'not_found', 'there is no stream here')
    return this.deps.registry.get(id) ? undefined : new HttpError(404, 'unknown_node', 'no such node in this cluster')
  }

  private open(socket: WebSocket, id: string): void {
    const { registry } = this.deps
    const stream: Stream = { socket, session: ++this.lastSession, id, heardAtMs: performance.now() }
    const former = this.streams.get(id)
    this.streams.set(id, stream)
    this.changed(id, registry.connect(id, stream.session))
    former?.socket.terminate()
    socket.on('message', (data) => this.hear(stream, String(data)))
    socket.on('pong', () => {
      stream.heardAtMs = performance.now()
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.closed(stream))
    this.publisher.greet(id)
  }

  private closed(stream: Stream): void {
    if (this.streams.get(stream.id) === stream) this.streams.delete(stream.id)
    this.changed(stream.id, this.deps.registry.disconnect(stream.id, stream.session))
    this.publisher.notice()
  }

  private hear(stream: Stream, text: string): void {
    const message = parseMessage(text)
    if (!message) {
      stream.socket.close(1008, 'not a message of the control protocol')
      return
    }
    stream.heardAtMs = performance.now()
    const { id, session } = stream
    if (message.type === 'applied') {
      this.deps.registry.applied(id, session, message.version)
      this.publisher.notice()
      this.deps.onChange?.(id)
    } else {
      this.changed(id, this.deps.registry.setReady(id, session, message.ready, message.reason))
    }
  }

  private changed(id: string, visibly: boolean): void {
    if (visibly) this.publisher.schedule()
    this.deps.onChange?.(id)
  }

  private checkPulse(nowMs: number): void {
    const silenceMs = this.deps.silenceMs ?? 5_000
    for (const { socket, heardAtMs } of this.streams.values()) {
      if (nowMs - heardAtMs > silenceMs) socket.terminate()
      // With the time, for nodes to compare their clocks with.
      else socket.ping(String(Date.now()))
    }
  }
}

function parseMessage(text: string): FromNode | undefined {
  try {
    return FromNode.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
