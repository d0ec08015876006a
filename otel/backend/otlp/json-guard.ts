// Parses a JSON body that nobody vouches for. JSON.parse takes many times the memory of its input for nested or tiny values, so the
// depth and the number of values are counted first, in one pass over the bytes.
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from './limits.ts'
import { MalformedError } from './proto-reader.ts'

/** The JSON holds more values than one request may. Answered 413. */
export class TooManyValuesError extends Error {
  override readonly name = 'TooManyValuesError'
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c

/** Parses UTF-8 JSON. Throws MalformedError or TooManyValuesError. */
export function parseJson(bytes: Buffer): unknown {
  checkSize(bytes)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's own message quotes the payload, which need not be shown.
    throw new MalformedError('the body is not valid JSON')
  }
}

function checkSize(bytes: Buffer): void {
  let depth = 0
  let values = 0
  for (let i = 0; i < bytes.length; i++) {
    // `i` is below the length.
    const byte = bytes[i]!
    if (byte === QUOTE) {
      i = endOfString(bytes, i + 1)
      continue
    }
    // `[` and `{` differ in bit 5 only, and so do `]` and `}`.
    const folded = byte | 0x20
    if (folded === 0x7b) {
      if (++depth > MAX_JSON_DEPTH) throw new MalformedError(`JSON nested deeper than ${MAX_JSON_DEPTH}`)
      values++
    } else if (folded === 0x7d) depth--
    else if (byte === COMMA) values++
  }
  if (values > MAX_JSON_VALUES) throw new TooManyValuesError(`more than ${MAX_JSON_VALUES} values in one request`)
}

/** Position of the quote that ends the string whose first character is at `from`. */
function endOfString(bytes: Buffer, from: number): number {
  for (let end = bytes.indexOf(QUOTE, from); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return bytes.length
}
