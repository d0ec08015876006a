// Compiles a query into tests of a span's row that need no decoding, and an exact test of its tags for the few rows that pass.
// Tags follow Jaeger's in-memory store: they match attributes of the span, its scope, resource, events and links by their string form;
// `error`, `span.kind`, `span.status`, `scope.name`, `scope.version` and `resource.*` mean fields. Beyond Jaeger, the tags under
// which its older API shows such fields (`otel.status_code`, `otel.scope.name`, …) may be searched for too.
import type { Attribute } from '../model/any-value.ts'
import type { Scope } from '../model/resource.ts'
import { valueText } from '../model/value-text.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { isSigned, signatureOf } from '../otlp/tag-signature.ts'
import type { Slab } from '../storage/slab-ring.ts'
import { type BodyTag, bodyHasStatusMessage, bodyHasTags } from './body-tags.ts'
import type { Operation } from './catalogue.ts'
import {
  compareTimes,
  durationNs,
  ROW_BODY,
  ROW_KIND,
  ROW_OPERATION,
  ROW_RESOURCE,
  ROW_SCOPE,
  ROW_SIGNATURE,
  ROW_START,
  STATUS_ERROR,
  STATUS_OK,
  statusOf,
} from './span-row.ts'
import type { SpanStore } from './span-store.ts'
import type { TraceQuery } from './trace-query.ts'

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer']

/** A tag that may be on the span itself, its resource or its scope. */
interface TagTest extends BodyTag {
  /** Null when the signature says nothing about the value. */
  signature: Uint32Array | null
  resources: Uint8Array
  scopes: Uint8Array
}

export interface SpanFilter {
  /** Quick test: may pass a row whose tags do not match, never fails one that does. */
  mayMatch: (words: Uint32Array, row: number) => boolean
  /** Exact test of the tags of a row that passed the quick one. */
  tagsMatch: (slab: Slab, row: number) => boolean
  /** Whether the quick test alone is exact. */
  exact: boolean
}

/** Compiles the query for the store as it is now; the filter does not outlive the next change of the store. */
export function compileFilter(store: SpanStore, query: TraceQuery): SpanFilter {
  const { catalogue } = store
  const fields = splitTags(query.tags)
  const operations = catalogue.matchingOperations((operation) => operationMatches(operation, query, fields.kind))
  const scopes = fields.scope === null ? null : catalogue.matchingScopes(fields.scope)
  const resources =
    fields.resource.length === 0
      ? null
      : catalogue.matchingResources((resource) =>
          fields.resource.every(([key, value]) => hasTag(resource.attributes, key, value)),
        )
  const tests = fields.tags.map(([key, value]): TagTest => {
    return {
      key: Buffer.from(key),
      value,
      signature: isSigned(value) ? signatureOf(key, value) : null,
      resources: catalogue.matchingResources((resource) => hasTag(resource.attributes, key, value)),
      scopes: catalogue.matchingScopes((scope) => hasTag(scope.attributes, key, value)),
    }
  })
  const [minLo, minHi] = clampedWords(query.startMinNs)
  const [maxLo, maxHi] = clampedWords(query.startMaxNs)
  const minDuration = query.minDurationNs === null ? Number.NEGATIVE_INFINITY : Number(query.minDurationNs)
  const maxDuration = query.maxDurationNs === null ? Number.POSITIVE_INFINITY : Number(query.maxDurationNs)
  const anyDuration = query.minDurationNs === null && query.maxDurationNs === null

  function mayMatch(words: Uint32Array, row: number): boolean {
    if (operations[words[row + ROW_OPERATION]!] === 0) return false
    const lo = words[row + ROW_START]!
    const hi = words[row + ROW_START + 1]!
    if (compareTimes(lo, hi, minLo, minHi) < 0 || compareTimes(lo, hi, maxLo, maxHi) > 0) return false
    if (!anyDuration) {
      const duration = durationNs(words, row)
      if (duration < minDuration || duration > maxDuration) return false
    }
    if (fields.status !== null && statusOf(words[row + ROW_KIND]!) !== fields.status) return false
    if (scopes !== null && scopes[words[row + ROW_SCOPE]!] === 0) return false
    if (resources !== null && resources[words[row + ROW_RESOURCE]!] === 0) return false
    for (const test of tests) if (!maySatisfy(words, row, test)) return false
    return true
  }

  function tagsMatch(slab: Slab, row: number): boolean {
    if (fields.statusMessage !== null && !bodyHasStatusMessage(bodyReader(slab, row), fields.statusMessage))
      return false
    const open = tests.filter((test) => !heldInCommon(slab.words, row, test))
    return open.length === 0 || bodyHasTags(bodyReader(slab, row), open)
  }

  return { mayMatch, tagsMatch, exact: tests.length === 0 && fields.statusMessage === null }
}

interface FieldTags {
  kind: number | null
  /** A status code, or -1 that none has. */
  status: number | null
  statusMessage: string | null
  scope: ((scope: Scope) => boolean) | null
  resource: [string, string][]
  tags: [string, string][]
}

function splitTags(tags: ReadonlyMap<string, string>): FieldTags {
  const fields: FieldTags = { kind: null, status: null, statusMessage: null, scope: null, resource: [], tags: [] }
  const scopeTests: ((scope: Scope) => boolean)[] = []
  const requireStatus = (status: number) => {
    fields.status = fields.status === null || fields.status === status ? status : -1
  }
  for (const [key, value] of tags) {
    if (key === 'error') requireStatus(errorStatus(value))
    else if (key === 'span.status' || key === 'otel.status_code') requireStatus(statusOfName(value))
    else if (key === 'otel.status_description') fields.statusMessage = value
    else if (key === 'span.kind') fields.kind = Math.max(0, KINDS.indexOf(value.toLowerCase()))
    else if (key === 'scope.name' || key === 'otel.scope.name') scopeTests.push((scope) => scope.name === value)
    else if (key === 'scope.version' || key === 'otel.scope.version')
      scopeTests.push((scope) => scope.version === value)
    else if (key.startsWith('resource.')) fields.resource.push([key.slice('resource.'.length), value])
    else fields.tags.push([key, value])
  }
  if (scopeTests.length > 0) fields.scope = (scope) => scopeTests.every((test) => test(scope))
  return fields
}

/** `error=true` means status ERROR and `error=false` status OK; what is no boolean matches nothing. As Go's ParseBool reads it. */
function errorStatus(value: string): number {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return STATUS_ERROR
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value) ? STATUS_OK : -1
}

function statusOfName(value: string): number {
  const name = value.toUpperCase()
  return name === 'ERROR' ? STATUS_ERROR : name === 'OK' ? STATUS_OK : 0
}

function bodyReader(slab: Slab, row: number): ProtoReader {
  const start = slab.words[row + ROW_BODY]!
  return new ProtoReader(slab.bytes, start, start + slab.words[row + ROW_BODY + 1]!)
}

function operationMatches(operation: Operation, query: TraceQuery, kind: number | null): boolean {
  if (query.service !== null && operation.service !== query.service) return false
  if (query.operation !== null && operation.name !== query.operation) return false
  return kind === null || operation.kind === kind
}

function hasTag(attributes: readonly Attribute[], key: string, value: string): boolean {
  return attributes.some((attribute) => attribute.key === key && valueText(attribute.value) === value)
}

/** Whether the span's resource or scope has the tag. */
function heldInCommon(words: Uint32Array, row: number, test: TagTest): boolean {
  return test.resources[words[row + ROW_RESOURCE]!] === 1 || test.scopes[words[row + ROW_SCOPE]!] === 1
}

function maySatisfy(words: Uint32Array, row: number, test: TagTest): boolean {
  const { signature } = test
  if (signature === null || heldInCommon(words, row, test)) return true
  for (let i = 0; i < signature.length; i++) {
    // `i` is below the length.
    const wanted = signature[i]!
    if ((words[row + ROW_SIGNATURE + i]! & wanted) >>> 0 !== wanted) return false
  }
  return true
}

/** Low and high words of a time, held within what 64 bits can say. */
function clampedWords(ns: bigint): [number, number] {
  const max = (1n << 64n) - 1n
  const clamped = ns < 0n ? 0n : ns > max ? max : ns
  return [Number(clamped & 0xffffffffn), Number(clamped >> 32n)]
}
