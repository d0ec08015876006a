// The shapes that Jaeger's query APIs have on the wire, both generations. Types only.

// ---- the older API, /api/… (Jaeger's internal/uimodel) ----

export interface Envelope<T> {
  data: T | null
  total: number
  limit: number
  offset: number
  errors: LegacyError[] | null
}

export interface LegacyError {
  code?: number
  msg: string
  traceID?: string
}

export interface LegacyTrace {
  /** 32 hex digits, or 16 when the upper half of the id is zero. */
  traceID: string
  spans: LegacySpan[]
  /** By the id that spans refer to: p1, p2, … */
  processes: Record<string, LegacyProcess>
  warnings: string[] | null
}

export interface LegacySpan {
  traceID: string
  /** 16 hex digits. */
  spanID: string
  /** Present when not zero; 1 is sampled. */
  flags?: number
  operationName: string
  references: LegacyReference[]
  /** Microseconds since the epoch. */
  startTime: number
  /** Microseconds. */
  duration: number
  tags: LegacyTag[]
  logs: LegacyLog[]
  processID: string
  warnings: string[] | null
}

export interface LegacyReference {
  refType: 'CHILD_OF' | 'FOLLOWS_FROM'
  traceID: string
  spanID: string
}

export interface LegacyProcess {
  serviceName: string
  tags: LegacyTag[]
}

export interface LegacyLog {
  /** Microseconds since the epoch. */
  timestamp: number
  fields: LegacyTag[]
}

export interface LegacyTag {
  key: string
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary'
  /** Integers that a double does not hold are decimal strings; binary values are base64. */
  value: string | number | boolean
}

export interface LegacyOperation {
  name: string
  spanKind: string
}

export interface LegacyDependency {
  parent: string
  child: string
  callCount: number
}

// ---- the newer API, /api/v3/… (Jaeger's api_v3, OTLP's JSON form of traces) ----

export interface ResultWrapper {
  result: { resourceSpans: OtlpResourceSpans[] }
}

export interface GatewayError {
  error: { httpCode: number; message: string }
}

export interface OtlpResourceSpans {
  resource: { attributes?: OtlpAttribute[]; droppedAttributesCount?: number }
  scopeSpans: OtlpScopeSpans[]
  schemaUrl?: string
}

export interface OtlpScopeSpans {
  scope: { name?: string; version?: string; attributes?: OtlpAttribute[]; droppedAttributesCount?: number }
  spans: OtlpSpan[]
  schemaUrl?: string
}

/** Zero and empty members are left out, as proto3's JSON form has it, except `status`. Times are decimal strings of nanoseconds. */
export interface OtlpSpan {
  traceId: string
  spanId: string
  traceState?: string
  parentSpanId?: string
  flags?: number
  name: string
  kind?: number
  startTimeUnixNano?: string
  endTimeUnixNano?: string
  attributes?: OtlpAttribute[]
  droppedAttributesCount?: number
  events?: OtlpEvent[]
  droppedEventsCount?: number
  links?: OtlpLink[]
  droppedLinksCount?: number
  status: { message?: string; code?: number }
}

export interface OtlpEvent {
  timeUnixNano?: string
  name?: string
  attributes?: OtlpAttribute[]
  droppedAttributesCount?: number
}

export interface OtlpLink {
  traceId: string
  spanId: string
  traceState?: string
  attributes?: OtlpAttribute[]
  droppedAttributesCount?: number
  flags?: number
}

export interface OtlpAttribute {
  key: string
  value: OtlpValue
}

/** Exactly one member. 64-bit integers are decimal strings. */
export type OtlpValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { arrayValue: { values?: OtlpValue[] } }
  | { kvlistValue: { values?: OtlpAttribute[] } }
  | { bytesValue: string }

export interface TraceSummaryWire {
  /** 32 hex digits. */
  traceId: string
  rootServiceName: string
  rootOperationName: string
  /** Decimal strings of nanoseconds. */
  minStartTimeUnixNano: string
  maxEndTimeUnixNano: string
  spanCount: number
  errorSpanCount: number
  orphanSpanCount: number
  services: { name: string; spanCount: number; errorSpanCount: number }[]
}

export interface V3Dependency {
  parent: string
  child: string
  /** A 64-bit integer, hence a decimal string. */
  callCount: string
}
