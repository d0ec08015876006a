// Looks for tags in a span's stored bytes. Values are decoded only under a key that is wanted, since most spans looked at are no match.
import { readAnyValue } from '../model/any-value.ts'
import { valueText } from '../model/value-text.ts'
import type { ProtoReader } from '../otlp/proto-reader.ts'

export interface BodyTag {
  /** UTF-8. */
  key: Buffer
  /** String form of the value. */
  value: string
}

/** Whether each of the tags is among the attributes of the span, of its events or of its links. The reader stands at the body's start. */
export function bodyHasTags(r: ProtoReader, tags: readonly BodyTag[]): boolean {
  const missing = new Set(tags)
  while (missing.size > 0 && r.more()) {
    const field = r.tag()
    if (field === 9) strike(r, missing)
    else if (field === 11) strikeNested(r, 3, missing)
    else if (field === 13) strikeNested(r, 4, missing)
    else r.skip()
  }
  return missing.size === 0
}

/** Whether the span's status has exactly that message. */
export function bodyHasStatusMessage(r: ProtoReader, message: string): boolean {
  const wanted = Buffer.from(message)
  while (r.more()) {
    if (r.tag() !== 15) {
      r.skip()
      continue
    }
    const outer = r.enter()
    while (r.more()) {
      if (r.tag() !== 2) {
        r.skip()
        continue
      }
      const end = r.range()
      if (wanted.compare(r.bytes, r.pos, end) === 0) return true
      r.pos = end
    }
    r.end = outer
  }
  return false
}

/** Strikes off the tags that an event or a link has; `attributesField` is where it has its attributes. */
function strikeNested(r: ProtoReader, attributesField: number, missing: Set<BodyTag>): void {
  const outer = r.enter()
  while (r.more()) {
    if (r.tag() === attributesField) strike(r, missing)
    else r.skip()
  }
  r.end = outer
}

/** Reads a KeyValue and strikes off the tag that it is. */
function strike(r: ProtoReader, missing: Set<BodyTag>): void {
  const outer = r.enter()
  let keyStart = 0
  let keyEnd = 0
  let valueAt = -1
  while (r.more()) {
    const field = r.tag()
    if (field === 1) {
      keyEnd = r.range()
      keyStart = r.pos
      r.pos = keyEnd
    } else {
      if (field === 2) valueAt = r.pos
      r.skip()
    }
  }
  const end = r.end
  for (const tag of missing) {
    if (tag.key.length !== keyEnd - keyStart || tag.key.compare(r.bytes, keyStart, keyEnd) !== 0) continue
    if (valueText(valueFrom(r, valueAt)) === tag.value) missing.delete(tag)
  }
  r.pos = end
  r.end = outer
}

/** The value whose length prefix is at `at`; the message that it is in has been walked on ingestion. */
function valueFrom(r: ProtoReader, at: number): ReturnType<typeof readAnyValue> {
  if (at < 0) return { type: 'empty' }
  r.pos = at
  r.wire = 2
  return readAnyValue(r)
}
