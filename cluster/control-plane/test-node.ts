// A node as the control plane sees it, for tests: a stream that applies documents at once and says what the test tells it to.
import WebSocket from 'ws'
import { type ControlDocument, type FromNode, ToNode } from '../../services/kit/control/document.ts'

export type TestNode = {
  documents: ControlDocument[]
  /** Endpoints by kind in the newest document, as names. */
  sees(kind: string): string[]
  say(message: FromNode): void
  drained(): boolean
  closed(): boolean
  socket: WebSocket
  close(): void
}

export async function connectTestNode(
  port: number,
  id: string,
  { token, ready = true, applies = true }: { token: string; ready?: boolean; applies?: boolean },
): Promise<TestNode> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream?node=${id}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const documents: ControlDocument[] = []
  let drained = false
  let closed = false
  const say = (message: FromNode) => socket.send(JSON.stringify(message))
  socket.on('message', (data) => {
    const message = ToNode.parse(JSON.parse(String(data)))
    if (message.type === 'drain') {
      drained = true
      return
    }
    documents.push(message.document)
    if (applies) say({ type: 'applied', version: message.document.version })
  })
  socket.on('close', () => {
    closed = true
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', resolve)
  })
  if (ready) say({ type: 'ready', ready: true })
  return {
    documents,
    sees: (kind) => (documents.at(-1)?.endpoints[kind] ?? []).map((endpoint) => endpoint.instance),
    say,
    drained: () => drained,
    closed: () => closed,
    socket,
    close: () => socket.terminate(),
  }
}
