// The keys under which the resource and the scope of a group are kept once.
import type { KeyRanges } from '../storage/intern-table.ts'
import type { RecordGroup } from './record-batch.ts'

/** Bytes of the resource, and of its schema URL behind them. */
export function resourceKey(bytes: Uint8Array, group: RecordGroup): KeyRanges {
  return {
    bytes,
    start: group.resourceStart,
    end: group.resourceEnd,
    tailStart: group.resourceSchemaStart,
    tailEnd: group.resourceSchemaEnd,
  }
}

/** Bytes of the scope, and of its schema URL behind them. */
export function scopeKey(bytes: Uint8Array, group: RecordGroup): KeyRanges {
  return {
    bytes,
    start: group.scopeStart,
    end: group.scopeEnd,
    tailStart: group.scopeSchemaStart,
    tailEnd: group.scopeSchemaEnd,
  }
}
