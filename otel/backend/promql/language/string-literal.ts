// String literals: '…' and "…" with Go's escapes, `…` raw.

/** The text of a literal including its quotes, or what is wrong with it. `\x` and octal escapes are bytes of UTF-8. */
export function unquote(literal: string): { value: string } | { error: string } {
  const body = literal.slice(1, -1)
  if (literal[0] === '`' || !body.includes('\\')) return { value: body }
  const chunks: Uint8Array[] = []
  let i = 0
  while (i < body.length) {
    if (body[i] !== '\\') {
      const next = body.indexOf('\\', i)
      const end = next < 0 ? body.length : next
      chunks.push(Buffer.from(body.slice(i, end)))
      i = end
      continue
    }
    const char = readEscape(body, i + 1, literal[0] ?? '"')
    if ('error' in char) return char
    chunks.push(Uint8Array.from(char.bytes))
    i = char.next
  }
  return { value: Buffer.concat(chunks).toString('utf8') }
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }
const NUMERIC: Readonly<Record<string, { digits: number; base: number; isByte: boolean }>> = {
  x: { digits: 2, base: 16, isByte: true },
  u: { digits: 4, base: 16, isByte: false },
  U: { digits: 8, base: 16, isByte: false },
}

function readEscape(body: string, at: number, quote: string): { bytes: number[]; next: number } | { error: string } {
  const char = body[at] ?? ''
  const simple = SIMPLE[char]
  if (simple !== undefined) return { bytes: [simple], next: at + 1 }
  if (char === quote) return { bytes: [char.charCodeAt(0)], next: at + 1 }
  const isOctal = /[0-7]/.test(char)
  const form = isOctal ? { digits: 3, base: 8, isByte: true } : NUMERIC[char]
  if (!form) return { error: `unknown escape sequence \\${char}` }
  const from = isOctal ? at : at + 1
  const text = body.slice(from, from + form.digits)
  const allowed = form.base === 8 ? /^[0-7]+$/ : /^[\da-fA-F]+$/
  if (text.length < form.digits || !allowed.test(text)) return { error: 'illegal character in escape sequence' }
  const code = Number.parseInt(text, form.base)
  const next = from + form.digits
  if (form.isByte) return code > 255 ? { error: 'escape sequence is out of range' } : { bytes: [code], next }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return { error: 'escape sequence is an invalid Unicode code point' }
  }
  return { bytes: [...Buffer.from(String.fromCodePoint(code))], next }
}

/** A double-quoted literal that reads back as the same text. */
export function quote(text: string): string {
  let quoted = '"'
  for (const char of text) quoted += quoteChar(char)
  return `${quoted}"`
}

const QUOTED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

function quoteChar(char: string): string {
  const known = QUOTED[char]
  if (known) return known
  const code = char.codePointAt(0) ?? 0
  return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : char
}
