// A template's text to pieces: plain text, and the tokens of each {{ action }}.
import { unquote } from '../../../promql/language/string-literal.ts'
import { TemplateError } from './template-ast.ts'

export type Token =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'word'; readonly text: string }
  /** `$name`, without the dollar. */
  | { readonly kind: 'variable'; readonly name: string }
  /** `.name`, without the dot. Attached to what stands before it when no blank does. */
  | { readonly kind: 'field'; readonly name: string; readonly attached: boolean }
  | { readonly kind: 'symbol'; readonly text: '(' | ')' | '|' | ':=' | '=' | ',' | '.' }

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: Token[] }

const COMMENT = /^\{\{(-\s)?\s*\/\*[\s\S]*?\*\/\s*(\s-)?\}\}/

/** @throws TemplateError */
export function lexTemplate(source: string): Piece[] {
  const pieces: Piece[] = []
  let position = 0
  let trimNext = false
  while (position < source.length) {
    const open = source.indexOf('{{', position)
    const end = open < 0 ? source.length : open
    let text = source.slice(position, end)
    if (trimNext) text = text.trimStart()
    if (open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4))) text = text.trimEnd()
    if (text !== '') pieces.push({ kind: 'text', text })
    if (open < 0) break
    const comment = COMMENT.exec(source.slice(open))
    if (comment) {
      position = open + comment[0].length
      trimNext = comment[2] !== undefined
      continue
    }
    const start = /^-\s/.test(source.slice(open + 2, open + 4)) ? open + 4 : open + 2
    const action = lexAction(source, start)
    pieces.push({ kind: 'action', tokens: action.tokens })
    position = action.end
    trimNext = action.trimsAfter
  }
  return pieces
}

const SPACES = /\s+/y
const NUMBER = /[+-]?(?:0x[0-9a-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/iy
const STRING = /"(?:\\.|[^"\\\n])*"|`[^`]*`/y
const WORD = /[a-zA-Z_]\w*/y
const VARIABLE = /\$(\w*)/y
const FIELD = /\.([a-zA-Z_]\w*)/y
const SYMBOL = /:=|[()|=,.]/y

function lexAction(source: string, start: number): { tokens: Token[]; end: number; trimsAfter: boolean } {
  const tokens: Token[] = []
  let at = start
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match) at += match[0].length
    return match
  }
  for (;;) {
    const blank = take(SPACES) !== null
    if (source.startsWith('}}', at)) return { tokens, end: at + 2, trimsAfter: false }
    if (blank && source.startsWith('-}}', at)) return { tokens, end: at + 3, trimsAfter: true }
    if (at >= source.length) throw new TemplateError('unclosed action')
    const token = lexToken(take, tokens.length > 0 && !blank)
    if (!token) throw new TemplateError(`unexpected ${JSON.stringify(source[at])} in an action`)
    tokens.push(token)
  }
}

function lexToken(take: (pattern: RegExp) => RegExpExecArray | null, attached: boolean): Token | undefined {
  const text = take(STRING)?.[0]
  if (text !== undefined) {
    const unquoted = unquote(text)
    if ('error' in unquoted) throw new TemplateError(`string ${text}: ${unquoted.error}`)
    return { kind: 'string', value: unquoted.value }
  }
  const number = take(NUMBER)?.[0]
  if (number !== undefined) return { kind: 'number', value: numberOf(number) }
  const variable = take(VARIABLE)
  if (variable) return { kind: 'variable', name: variable[1] ?? '' }
  const field = take(FIELD)
  if (field) return { kind: 'field', name: field[1] ?? '', attached }
  const word = take(WORD)?.[0]
  if (word !== undefined) return { kind: 'word', text: word }
  const symbol = take(SYMBOL)?.[0]
  // Only these match the pattern.
  return symbol === undefined ? undefined : ({ kind: 'symbol', text: symbol } as Token)
}

/** As in Go, a constant without point and exponent is an integer, which is not the same as a float when compared or printed. */
function numberOf(text: string): number | bigint {
  if (!/^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text)) return Number(text)
  const magnitude = BigInt(text.replace(/^[+-]/, ''))
  return text.startsWith('-') ? -magnitude : magnitude
}
