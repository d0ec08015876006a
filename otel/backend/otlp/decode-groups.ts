// The envelope that traces and logs share: request > resource group > scope group > records. Field numbers are the same for both.
import { MAX_LIST, MAX_RECORDS, MAX_RESOURCE_BYTES } from './limits.ts'
import { ProtoReader, WIRE_LENGTH, WIRE_VARINT } from './proto-reader.ts'
import type { RecordBatch, RecordGroup, Refusal } from './record-batch.ts'
import { type Wires, wiresOf } from './record-fields.ts'
import { walkAttribute } from './walk-values.ts'

/** More records than one request may carry. Answered 413. */
export class TooManyRecordsError extends Error {
  override readonly name = 'TooManyRecordsError'
}

/** Decodes the record that the reader stands before into the batch, as a member of the group with that index. */
export type DecodeRecord = (r: ProtoReader, batch: RecordBatch, group: number) => void

const RESOURCE_WIRES = wiresOf({ 1: WIRE_LENGTH, 2: WIRE_VARINT })
const SCOPE_WIRES = wiresOf({ 1: WIRE_LENGTH, 2: WIRE_LENGTH, 3: WIRE_LENGTH, 4: WIRE_VARINT })

interface Range {
  start: number
  end: number
}

/**
 * Decodes a whole Export…ServiceRequest into the batch, which is cleared first.
 * Throws MalformedError or TooManyRecordsError; the batch is then of no use and nothing has been stored.
 */
export function decodeRequest(bytes: Uint8Array, batch: RecordBatch, decodeRecord: DecodeRecord): void {
  batch.clear(bytes)
  const r = new ProtoReader(bytes)
  while (r.more()) {
    if (r.tag() === 1) decodeResourceGroup(r, batch, decodeRecord)
    else r.skip()
  }
}

function decodeResourceGroup(r: ProtoReader, batch: RecordBatch, decodeRecord: DecodeRecord): void {
  const outer = r.enter()
  const from = r.pos
  // The resource may follow its records, so it is looked for first; the records are stepped over by their lengths.
  const { head: resource, schema } = findHead(r)
  const refusal = refusalOfHead(r, resource, schema, 1, RESOURCE_WIRES)
  r.pos = from
  while (r.more()) {
    if (r.tag() === 2) decodeScopeGroup(r, batch, resource, schema, refusal, decodeRecord)
    else r.skip()
  }
  r.end = outer
}

function decodeScopeGroup(
  r: ProtoReader,
  batch: RecordBatch,
  resource: Range,
  resourceSchema: Range,
  resourceRefusal: Refusal | null,
  decodeRecord: DecodeRecord,
): void {
  const outer = r.enter()
  const from = r.pos
  const { head: scope, schema } = findHead(r)
  const refusal = resourceRefusal ?? refusalOfHead(r, scope, schema, 3, SCOPE_WIRES)
  r.pos = from
  let group = -1
  while (r.more()) {
    if (r.tag() !== 2) {
      r.skip()
      continue
    }
    if (++batch.received > MAX_RECORDS) throw new TooManyRecordsError(`more than ${MAX_RECORDS} records in one request`)
    if (refusal !== null) {
      batch.refuse(refusal)
      r.skip()
      continue
    }
    // A group is made for its first record only, so empty groups cost nothing.
    if (group < 0) group = batch.groups.push(groupOf(resource, resourceSchema, scope, schema)) - 1
    decodeRecord(r, batch, group)
  }
  r.end = outer
}

/** Finds fields 1 (the resource or scope) and 3 (its schema URL) of the message being read, the last of each. */
function findHead(r: ProtoReader): { head: Range; schema: Range } {
  const head = { start: 0, end: 0 }
  const schema = { start: 0, end: 0 }
  while (r.more()) {
    const field = r.tag()
    if (field === 1 || field === 3) {
      const range = field === 1 ? head : schema
      range.end = r.range()
      range.start = r.pos
      r.pos = range.end
    } else r.skip()
  }
  return { head, schema }
}

/** Checks a resource (attributes in field 1) or a scope (field 3); returns why its records cannot be kept, if they cannot. */
function refusalOfHead(
  r: ProtoReader,
  head: Range,
  schema: Range,
  attributesField: number,
  wires: Wires,
): Refusal | null {
  const end = r.end
  r.pos = head.start
  r.end = head.end
  let attributes = 0
  let fits = head.end - head.start + schema.end - schema.start <= MAX_RESOURCE_BYTES
  while (r.more()) {
    const field = r.tag()
    if (field === attributesField) {
      fits = walkAttribute(r, null) && fits
      attributes++
    } else r.skipField(field, wires)
  }
  r.end = end
  if (!fits) return 'too_large'
  return attributes > MAX_LIST ? 'too_many_items' : null
}

function groupOf(resource: Range, resourceSchema: Range, scope: Range, scopeSchema: Range): RecordGroup {
  return {
    resourceStart: resource.start,
    resourceEnd: resource.end,
    resourceSchemaStart: resourceSchema.start,
    resourceSchemaEnd: resourceSchema.end,
    scopeStart: scope.start,
    scopeEnd: scope.end,
    scopeSchemaStart: scopeSchema.start,
    scopeSchemaEnd: scopeSchema.end,
  }
}
