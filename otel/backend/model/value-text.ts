// The one string form of an attribute's value: what a tag search compares and what Jaeger shows for arrays and maps.
// It follows Go's encoding/json as the OpenTelemetry Collector uses it: map keys sorted, `<`, `>` and `&` escaped, bytes in base64.
import type { AnyValue } from './any-value.ts'

/** String form of a value: a string itself, `200`, `true`, `1.5`, base64 for bytes, JSON for arrays and maps, empty for nothing. */
export function valueText(value: AnyValue): string {
  switch (value.type) {
    case 'empty':
      return ''
    case 'string':
      return value.value
    case 'bool':
    case 'int':
      return String(value.value)
    case 'double':
      return doubleText(value.value)
    case 'bytes':
      return value.value.toString('base64')
    case 'array':
    case 'map':
      return valueJson(value)
  }
}

/** JavaScript and Go write finite doubles alike but for a zero that Go keeps in exponents below ten: none is kept in JSON. */
export function doubleText(value: number): string {
  return String(value)
}

function valueJson(value: AnyValue): string {
  switch (value.type) {
    case 'empty':
      return 'null'
    case 'string':
      return quote(value.value)
    case 'bytes':
      return quote(value.value.toString('base64'))
    case 'bool':
    case 'int':
      return String(value.value)
    case 'double':
      return Number.isFinite(value.value) ? doubleText(value.value) : quote(doubleText(value.value))
    case 'array':
      return `[${value.values.map(valueJson).join(',')}]`
    case 'map': {
      const last = new Map(value.entries.map((entry) => [entry.key, entry.value]))
      const keys = [...last.keys()].sort()
      // Every key came from the map itself.
      return `{${keys.map((key) => `${quote(key)}:${valueJson(last.get(key)!)}`).join(',')}}`
    }
  }
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
