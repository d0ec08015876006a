// OTLP's JSON requests rewritten as protobuf, so that everything behind the receiver knows one form only.
import {
  asObject,
  eachItem,
  type JsonObject,
  within,
  writeAnyValue,
  writeAttributes,
  writeEnum,
  writeFixed32,
  writeId,
  writeString,
  writeTime,
  writeUint32,
} from './json-values.ts'
import type { ProtoWriter } from './proto-writer.ts'

/** In the order of their numbers. */
const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
)
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`)
const SEVERITIES = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`]),
].map((name) => `SEVERITY_NUMBER_${name}`)

/** Writes an ExportTraceServiceRequest. Throws MalformedError that names the member. */
export function writeTraceRequest(w: ProtoWriter, json: unknown): void {
  const request = asObject(json, 'the request')
  eachItem(request.resourceSpans, 'resourceSpans', (group) => {
    writeResourceGroup(w, group, 'scopeSpans', 'spans', writeSpan)
  })
}

/** Writes an ExportLogsServiceRequest. Throws MalformedError that names the member. */
export function writeLogsRequest(w: ProtoWriter, json: unknown): void {
  const request = asObject(json, 'the request')
  eachItem(request.resourceLogs, 'resourceLogs', (group) => {
    writeResourceGroup(w, group, 'scopeLogs', 'logRecords', writeLogRecord)
  })
}

type WriteRecord = (w: ProtoWriter, record: JsonObject) => void

function writeResourceGroup(
  w: ProtoWriter,
  group: JsonObject,
  scopesName: string,
  recordsName: string,
  writeRecord: WriteRecord,
): void {
  const start = w.open(1)
  writeMember(w, 1, group.resource, 'resource', (resource) => {
    writeAttributes(w, 1, resource.attributes, 'attributes')
    writeUint32(w, 2, resource.droppedAttributesCount, 'droppedAttributesCount')
  })
  eachItem(group[scopesName], scopesName, (scopeGroup) => {
    const scopeStart = w.open(2)
    writeMember(w, 1, scopeGroup.scope, 'scope', (scope) => {
      writeString(w, 1, scope.name, 'name')
      writeString(w, 2, scope.version, 'version')
      writeAttributes(w, 3, scope.attributes, 'attributes')
      writeUint32(w, 4, scope.droppedAttributesCount, 'droppedAttributesCount')
    })
    eachItem(scopeGroup[recordsName], recordsName, (record) => {
      const recordStart = w.open(2)
      writeRecord(w, record)
      w.close(recordStart)
    })
    writeString(w, 3, scopeGroup.schemaUrl, 'schemaUrl')
    w.close(scopeStart)
  })
  writeString(w, 3, group.schemaUrl, 'schemaUrl')
  w.close(start)
}

function writeSpan(w: ProtoWriter, span: JsonObject): void {
  writeId(w, 1, span.traceId, 'traceId')
  writeId(w, 2, span.spanId, 'spanId')
  writeString(w, 3, span.traceState, 'traceState')
  writeId(w, 4, span.parentSpanId, 'parentSpanId')
  writeString(w, 5, span.name, 'name')
  writeEnum(w, 6, span.kind, SPAN_KINDS, 'kind')
  writeTime(w, 7, span.startTimeUnixNano, 'startTimeUnixNano')
  writeTime(w, 8, span.endTimeUnixNano, 'endTimeUnixNano')
  writeAttributes(w, 9, span.attributes, 'attributes')
  writeUint32(w, 10, span.droppedAttributesCount, 'droppedAttributesCount')
  if (span.events !== undefined) eachItem(span.events, 'events', (event) => writeEvent(w, event))
  writeUint32(w, 12, span.droppedEventsCount, 'droppedEventsCount')
  if (span.links !== undefined) eachItem(span.links, 'links', (link) => writeLink(w, link))
  writeUint32(w, 14, span.droppedLinksCount, 'droppedLinksCount')
  writeMember(w, 15, span.status, 'status', (status) => {
    writeString(w, 2, status.message, 'message')
    writeEnum(w, 3, status.code, STATUS_CODES, 'code')
  })
  writeFixed32(w, 16, span.flags, 'flags')
}

function writeEvent(w: ProtoWriter, event: JsonObject): void {
  const start = w.open(11)
  writeTime(w, 1, event.timeUnixNano, 'timeUnixNano')
  writeString(w, 2, event.name, 'name')
  writeAttributes(w, 3, event.attributes, 'attributes')
  writeUint32(w, 4, event.droppedAttributesCount, 'droppedAttributesCount')
  w.close(start)
}

function writeLink(w: ProtoWriter, link: JsonObject): void {
  const start = w.open(13)
  writeId(w, 1, link.traceId, 'traceId')
  writeId(w, 2, link.spanId, 'spanId')
  writeString(w, 3, link.traceState, 'traceState')
  writeAttributes(w, 4, link.attributes, 'attributes')
  writeUint32(w, 5, link.droppedAttributesCount, 'droppedAttributesCount')
  writeFixed32(w, 6, link.flags, 'flags')
  w.close(start)
}

function writeLogRecord(w: ProtoWriter, record: JsonObject): void {
  writeTime(w, 1, record.timeUnixNano, 'timeUnixNano')
  writeEnum(w, 2, record.severityNumber, SEVERITIES, 'severityNumber')
  writeString(w, 3, record.severityText, 'severityText')
  if (record.body !== undefined && record.body !== null) writeAnyValue(w, 5, record.body, 'body')
  writeAttributes(w, 6, record.attributes, 'attributes')
  writeUint32(w, 7, record.droppedAttributesCount, 'droppedAttributesCount')
  writeFixed32(w, 8, record.flags, 'flags')
  writeId(w, 9, record.traceId, 'traceId')
  writeId(w, 10, record.spanId, 'spanId')
  writeTime(w, 11, record.observedTimeUnixNano, 'observedTimeUnixNano')
  writeString(w, 12, record.eventName, 'eventName')
}

/** Writes a nested message, if it is there. */
function writeMember(
  w: ProtoWriter,
  field: number,
  value: unknown,
  name: string,
  write: (value: JsonObject) => void,
): void {
  if (value === undefined || value === null) return
  const start = w.open(field)
  try {
    write(asObject(value, ''))
  } catch (error) {
    throw within(error, name)
  }
  w.close(start)
}
