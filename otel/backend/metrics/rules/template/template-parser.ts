// Pieces of a template to its tree. What is not supported is an error here, when rules are loaded, and not when an alert fires.
import { type Command, type Node, type Operand, type Pipeline, TemplateError } from './template-ast.ts'
import { isFunctionName } from './template-functions.ts'
import { lexTemplate, type Piece, type Token } from './template-lexer.ts'

const MAX_LENGTH = 16_384
const MAX_DEPTH = 32
const UNSUPPORTED = new Set(['define', 'template', 'block', 'break', 'continue'])
/** Declared by Prometheus before every template of a rule. */
const PREDECLARED = ['', 'labels', 'value', 'externalLabels', 'externalURL']

/** @throws TemplateError */
export function parseTemplate(source: string): Node[] {
  if (source.length > MAX_LENGTH) throw new TemplateError(`longer than ${MAX_LENGTH} characters`)
  const reader = new PieceReader(lexTemplate(source))
  const { nodes, end } = reader.readBlock(new Set(PREDECLARED), 0)
  if (end !== undefined) throw new TemplateError(`unexpected {{${end}}}`)
  return nodes
}

type BlockEnd = 'end' | 'else'

class PieceReader {
  private readonly pieces: Piece[]
  private at = 0
  /** The rest of the action that ended the block read last, for `{{else if …}}`. */
  private elseTokens: Token[] = []

  constructor(pieces: Piece[]) {
    this.pieces = pieces
  }

  readBlock(scope: ReadonlySet<string>, depth: number): { nodes: Node[]; end: BlockEnd | undefined } {
    if (depth > MAX_DEPTH) throw new TemplateError('nested too deep')
    const declared = new Set(scope)
    const nodes: Node[] = []
    while (this.at < this.pieces.length) {
      // Within the array's length.
      const piece = this.pieces[this.at++]!
      if (piece.kind === 'text') {
        nodes.push(piece)
        continue
      }
      const [first, ...rest] = piece.tokens
      if (!first) throw new TemplateError('missing value in an action')
      const keyword = first.kind === 'word' ? first.text : ''
      if (keyword === 'end' || keyword === 'else') {
        if (keyword === 'end' && rest.length > 0) throw new TemplateError('unexpected text after end')
        this.elseTokens = rest
        return { nodes, end: keyword }
      }
      if (UNSUPPORTED.has(keyword)) throw new TemplateError(`{{${keyword}}} is not supported`)
      nodes.push(this.readAction(keyword, piece.tokens, rest, declared, depth))
    }
    return { nodes, end: undefined }
  }

  private readAction(keyword: string, tokens: Token[], rest: Token[], declared: Set<string>, depth: number): Node {
    if (keyword === 'if' || keyword === 'with') return this.readConditional(keyword, rest, declared, depth)
    if (keyword === 'range') return this.readRange(rest, declared, depth)
    const pipeline = parsePipeline(tokens, declared)
    return { kind: 'action', pipeline }
  }

  private readConditional(kind: 'if' | 'with', tokens: Token[], scope: ReadonlySet<string>, depth: number): Node {
    const inner = new Set(scope)
    const pipeline = parsePipeline(tokens, inner)
    const { nodes, end } = this.readBlock(inner, depth + 1)
    return { kind, pipeline, body: nodes, otherwise: this.readElse(kind, end, inner, depth) }
  }

  private readRange(tokens: Token[], scope: ReadonlySet<string>, depth: number): Node {
    const inner = new Set(scope)
    const assign = tokens.findIndex((token) => token.kind === 'symbol' && token.text === ':=')
    const variables = tokens
      .slice(0, Math.max(0, assign))
      .flatMap((token) => (token.kind === 'variable' ? [token.name] : []))
    if (variables.length > 2) throw new TemplateError('too many variables in range')
    const pipeline = parsePipeline(tokens.slice(assign + 1), inner)
    for (const name of variables) inner.add(name)
    const { nodes, end } = this.readBlock(inner, depth + 1)
    return { kind: 'range', pipeline, variables, body: nodes, otherwise: this.readElse('range', end, inner, depth) }
  }

  private readElse(kind: Node['kind'], end: BlockEnd | undefined, scope: ReadonlySet<string>, depth: number): Node[] {
    if (end === undefined) throw new TemplateError(`{{${kind}}} without {{end}}`)
    if (end === 'end') return []
    const [first, ...rest] = this.elseTokens
    if (first?.kind === 'word' && first.text === kind && (kind === 'if' || kind === 'with')) {
      return [this.readConditional(kind, rest, scope, depth + 1)]
    }
    if (first) throw new TemplateError('unexpected text after else')
    const otherwise = this.readBlock(scope, depth + 1)
    if (otherwise.end !== 'end') throw new TemplateError(`expected {{end}} after {{else}}`)
    return otherwise.nodes
  }
}

/** Parses a pipeline and adds to the scope what it declares. */
function parsePipeline(tokens: readonly Token[], declared: Set<string>): Pipeline {
  const [first, second] = tokens
  if (first?.kind === 'variable' && second?.kind === 'symbol' && (second.text === ':=' || second.text === '=')) {
    const declares = second.text === ':='
    if (!declares && !declared.has(first.name)) throw undefinedVariable(first.name)
    const { commands } = new OperandReader(tokens.slice(2), declared).readPipeline(false, 0)
    declared.add(first.name)
    return { variable: { name: first.name, declares }, commands }
  }
  return new OperandReader(tokens, declared).readPipeline(false, 0)
}

class OperandReader {
  private readonly tokens: readonly Token[]
  private readonly declared: ReadonlySet<string>
  private at = 0

  constructor(tokens: readonly Token[], declared: ReadonlySet<string>) {
    this.tokens = tokens
    this.declared = declared
  }

  readPipeline(inParens: boolean, depth: number): Pipeline {
    if (depth > MAX_DEPTH) throw new TemplateError('nested too deep')
    const commands: Command[] = []
    let operands: Operand[] = []
    const finishCommand = () => {
      const [first] = operands
      if (!first) throw new TemplateError('missing value for a command')
      if (first.kind !== 'function' && (operands.length > 1 || commands.length > 0)) {
        throw new TemplateError('only a function takes arguments')
      }
      commands.push({ operands })
      operands = []
    }
    for (;;) {
      const token = this.tokens[this.at++]
      const symbol = token?.kind === 'symbol' ? token.text : ''
      if (!token || symbol === ')') {
        if (inParens !== (symbol === ')')) throw new TemplateError('parentheses do not match')
        finishCommand()
        return { commands }
      }
      if (symbol === '|') finishCommand()
      else operands.push(this.readOperand(token, depth))
    }
  }

  private readOperand(token: Token, depth: number): Operand {
    switch (token.kind) {
      case 'string':
      case 'number':
        return { kind: 'literal', value: token.value }
      case 'field':
        return { kind: 'dot', fields: [token.name, ...this.readFields()] }
      case 'variable':
        if (!this.declared.has(token.name)) throw undefinedVariable(token.name)
        return { kind: 'variable', name: token.name, fields: this.readFields() }
      case 'word':
        if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' }
        if (token.text === 'nil') return { kind: 'literal', value: null }
        if (!isFunctionName(token.text))
          throw new TemplateError(`function ${JSON.stringify(token.text)} is not supported`)
        return { kind: 'function', name: token.text }
      case 'symbol':
        if (token.text === '.') return { kind: 'dot', fields: [] }
        if (token.text !== '(') throw new TemplateError(`unexpected ${JSON.stringify(token.text)} in an action`)
        return { kind: 'pipeline', pipeline: this.readPipeline(true, depth + 1), fields: this.readFields() }
    }
  }

  /** `.A.B` directly behind an operand. */
  private readFields(): string[] {
    const fields: string[] = []
    for (;;) {
      const token = this.tokens[this.at]
      if (token?.kind !== 'field' || !token.attached) return fields
      fields.push(token.name)
      this.at++
    }
  }
}

function undefinedVariable(name: string): TemplateError {
  return new TemplateError(`undefined variable "$${name}"`)
}
