// The node's side of the control stream: applies each document, reports it, and goes on with the last one when the stream is lost.
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import WebSocket from 'ws'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { underFaults } from '../faults/changed-document.ts'
import { ClockSkew } from './clock-skew.ts'
import { type ControlDocument, type FromNode, ToNode } from './document.ts'
import { FaultDeadlines } from './fault-deadlines.ts'

/** A control plane that is silent for so long is taken for gone; it pings every second. */
const SILENCE_MS = 5_000
const RECONNECT_MS = { first: 100, max: 2_000 }
const MAX_MESSAGE_BYTES = 1024 * 1024

export type ControlStream = {
  /** The newest document; an empty one of version -1 before the first has come. */
  document(): ControlDocument
  /** Calls `listener` after each change; returns how to stop that. */
  onChange(listener: (document: ControlDocument) => void): () => void
  /** Resolves with the first document. */
  first: Promise<ControlDocument>
  reportReady(ready: boolean, reason?: string): void
  /** The stream itself, for metrics. */
  state(): StreamState
  close(): void
}

export type StreamState = {
  connected: boolean
  /** How often it was lost. */
  disconnections: number
  /** This node's clock less the control plane's; undefined before the first ping. */
  clockSkewS: number | undefined
}

export type ControlStreamOptions = {
  url: string
  token: string
  node: string
  log: Logger
  /** The control plane asks this node to leave. */
  onDrain: () => void
}

const empty: ControlDocument = {
  version: -1,
  endpoints: {},
  delays: {},
  policies: {},
  policy: {},
  settings: {},
  faults: [],
}

/** Opens the stream and keeps it open until `close`. It never throws: without a control plane the node waits or goes on. */
export function openControlStream(options: ControlStreamOptions): ControlStream {
  const { log } = options
  const listeners = new Set<(document: ControlDocument) => void>()
  let resolveFirst: (document: ControlDocument) => void = () => {}
  const first = new Promise<ControlDocument>((resolve) => {
    resolveFirst = resolve
  })
  let document = empty
  let ready: FromNode = { type: 'ready', ready: false }
  let socket: WebSocket | undefined
  let backoffMs = RECONNECT_MS.first
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let disconnections = 0
  const skew = new ClockSkew()
  const deadlines = new FaultDeadlines()
  let faultTimer: NodeJS.Timeout | undefined

  const send = (message: FromNode) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }

  // A document reaches every node at once: one that a listener can't take must not end them all.
  const notify = (listener: (document: ControlDocument) => void, next: ControlDocument) => {
    try {
      listener(next)
    } catch (error) {
      log.error({ err: error, version: next.version }, 'a control document could not be applied in full')
    }
  }

  /** Hands the document on as the faults have it that have not ended yet, and again when the next one ends. */
  const publish = (next: ControlDocument) => {
    const now = performance.now()
    const active = { ...next, faults: deadlines.active(next.faults, now) }
    const changed = underFaults(active, (fault) => deadlines.sinceMs(fault, now))
    document = changed.document
    clearTimeout(faultTimer)
    const waits = [deadlines.nextMs(active.faults, now), changed.forMs].filter((waitMs) => waitMs !== undefined)
    // From the document as it came: what faults have made of it is for now.
    if (waits.length > 0) faultTimer = setTimeout(() => publish(active), Math.ceil(Math.min(...waits)) + 1)
    for (const listener of listeners) notify(listener, document)
  }

  const apply = (next: ControlDocument) => {
    deadlines.note(next.faults, performance.now())
    publish(next)
    resolveFirst(document)
    send({ type: 'applied', version: next.version })
  }

  const receive = (text: string) => {
    const message = parseMessage(text)
    if (!message) return log.warn('the control plane sent a message that this node does not understand')
    if (message.type === 'drain') options.onDrain()
    else apply(message.document)
  }

  const connect = () => {
    const url = `${options.url}/v1/stream?node=${encodeURIComponent(options.node)}`
    const headers = { authorization: `Bearer ${options.token}` }
    const current = new WebSocket(url, { headers, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
    socket = current
    let isSilent = false
    const silence = setTimeout(() => {
      isSilent = true
      // A loop that was blocked finds its timers due before it has read what came meanwhile.
      setImmediate(() => isSilent && current.terminate())
    }, SILENCE_MS)
    const hear = () => {
      isSilent = false
      silence.refresh()
    }
    let wasOpen = false
    current.on('open', () => {
      wasOpen = true
      backoffMs = RECONNECT_MS.first
      send(ready)
    })
    current.on('ping', (data) => {
      hear()
      skew.notePing(data.toString(), Date.now())
    })
    current.on('message', (data) => {
      hear()
      receive(data.toString())
    })
    current.on('error', (error) => log.debug({ err: error }, 'control stream failed'))
    current.on('close', () => {
      clearTimeout(silence)
      if (closed) return
      if (wasOpen) disconnections += 1
      timer = setTimeout(connectUntraced, backoffMs)
      backoffMs = Math.min(backoffMs * 2, RECONNECT_MS.max)
    })
  }
  const connectUntraced = () => context.with(suppressTracing(context.active()), connect)
  connectUntraced()

  return {
    document: () => document,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    first,
    reportReady(isReady, reason) {
      ready = { type: 'ready', ready: isReady, ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }) }
      send(ready)
    },
    state: () => ({
      connected: socket?.readyState === WebSocket.OPEN,
      disconnections,
      clockSkewS: skew.seconds,
    }),
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(faultTimer)
      socket?.close()
    },
  }
}

function parseMessage(text: string): ToNode | undefined {
  try {
    return ToNode.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
