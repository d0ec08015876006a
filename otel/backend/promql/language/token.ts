// Tokens of PromQL, and how an error text names one.

import { AGGREGATORS } from './ast.ts'

export type TokenKind =
  | 'end'
  | 'identifier'
  /** An identifier with a colon, as recording rules name their series. */
  | 'metric-identifier'
  | 'keyword'
  | 'operator'
  | 'aggregator'
  | 'number'
  | 'duration'
  | 'string'
  /** One of ( ) { } [ ] , : = =~ !~ @ */
  | 'punctuation'

export interface Token {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  /** Keywords, operators and aggregators in lower case; else as written. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Refused by the parser with a clear word, but lexed so that the word is about them. */
export const UNSUPPORTED_AGGREGATORS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio'])

const AGGREGATOR_WORDS = new Set<string>([...AGGREGATORS, ...UNSUPPORTED_AGGREGATORS])
const OPERATOR_WORDS = new Set(['and', 'or', 'unless', 'atan2'])
const KEYWORDS = new Set([
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'start',
  'end',
])

/** Words with a meaning are case-insensitive outside of braces. */
export function kindOfWord(word: string): TokenKind {
  const lower = word.toLowerCase()
  if (AGGREGATOR_WORDS.has(lower)) return 'aggregator'
  if (OPERATOR_WORDS.has(lower)) return 'operator'
  if (KEYWORDS.has(lower)) return 'keyword'
  if (lower === 'inf' || lower === 'nan') return 'number'
  return word.includes(':') ? 'metric-identifier' : 'identifier'
}

export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of input'
    case 'keyword':
      return `<${token.text}>`
    case 'operator':
      return `<op:${token.text}>`
    case 'aggregator':
      return `<aggr:${token.text}>`
    case 'punctuation':
      return token.text === '@' || token.text.endsWith('~') ? `<op:${token.text}>` : `"${token.text}"`
    case 'metric-identifier':
      return `metric identifier ${JSON.stringify(token.text)}`
    case 'identifier':
      return `identifier ${JSON.stringify(token.text)}`
    default:
      return `${token.kind} ${shortened(token.text)}`
  }
}

function shortened(text: string): string {
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text)
}
