// The tests' second opinion on protobuf: messages encoded and decoded by protobufjs from a schema. Not part of the backend.
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const root = protobuf.loadSync(fileURLToPath(new URL('otlp.proto', import.meta.url)))

export type OracleMessage =
  | 'TraceRequest'
  | 'LogsRequest'
  | 'Span'
  | 'ResourceSpans'
  | 'ScopeSpans'
  | 'ExportResponse'
  | 'RpcStatus'

/** Encodes a plain object whose members are named in camelCase. 64-bit integers may be decimal strings, bytes are buffers. */
export function encodeMessage(type: OracleMessage, value: object): Buffer {
  const message = root.lookupType(`otlp.${type}`)
  return Buffer.from(message.encode(message.fromObject(value)).finish())
}

/** Decodes to a plain object: 64-bit integers as decimal strings, bytes as buffers, absent members left out. */
export function decodeMessage(type: OracleMessage, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(`otlp.${type}`)
  return message.toObject(message.decode(bytes), { longs: String, bytes: Buffer })
}
