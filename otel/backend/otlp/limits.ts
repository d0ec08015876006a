// What one OTLP request may hold. Every bound exists so that a hostile payload costs a known amount of memory and time.

/** Bytes on the wire, and after decompression. OTLP asks for a limit on both. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024
export const MAX_DECOMPRESSED_BYTES = 16 * 1024 * 1024

/** Bodies held in memory at once over all requests; beyond it the answer is 503, which exporters retry. */
export const MAX_INFLIGHT_BYTES = 64 * 1024 * 1024

/** Spans or log records of one request. 16 MiB of real ones are about 50,000. */
export const MAX_RECORDS = 131_072

/** Attributes, events or links of one list. The SDKs' own limit is 128. */
export const MAX_LIST = 1024

/** Nesting of an attribute's arrays and maps. */
export const MAX_VALUE_DEPTH = 32

/** Nesting and number of values of a JSON body, checked before it is parsed. */
export const MAX_JSON_DEPTH = 96
export const MAX_JSON_VALUES = 2_000_000

/** An attribute key, a span's name, a service's name: longer ones are refused with their span. */
export const MAX_NAME_BYTES = 4096

/** A resource or scope as encoded. */
export const MAX_RESOURCE_BYTES = 64 * 1024
