// Runs a template. The one thing that it waits for is `query`.
import { type Node, type Operand, type Pipeline, TemplateError } from './template-ast.ts'
import { callFunction } from './template-functions.ts'
import {
  fieldOf,
  isList,
  isMap,
  isTruthy,
  printValue,
  type TemplateSample,
  toText,
  type Value,
} from './template-value.ts'

export interface TemplateContext {
  labels: Readonly<Record<string, string>>
  value: number
  /** The instant vector that an expression gives at the time of the evaluation. */
  query: (expression: string) => Promise<readonly TemplateSample[]>
}

const MAX_OUTPUT = 16_384
const MAX_STEPS = 10_000

/** @throws TemplateError, or what `query` rejects with. */
export async function expandTemplate(nodes: readonly Node[], context: TemplateContext): Promise<string> {
  const run = new Run(context)
  // Prometheus hands over a struct; only these of its fields are used.
  const dot = { Labels: context.labels, Value: context.value }
  const scope = new Scope(undefined)
  scope.declare('', dot)
  scope.declare('labels', context.labels)
  scope.declare('value', context.value)
  scope.declare('externalLabels', {})
  scope.declare('externalURL', '')
  await run.nodes(nodes, dot, scope)
  return run.output
}

class Scope {
  private readonly parent: Scope | undefined
  private readonly values = new Map<string, Value>()

  constructor(parent: Scope | undefined) {
    this.parent = parent
  }

  declare(name: string, value: Value): void {
    this.values.set(name, value)
  }

  get(name: string): Value {
    return this.values.has(name) ? (this.values.get(name) ?? null) : (this.parent?.get(name) ?? null)
  }

  assign(name: string, value: Value): void {
    if (this.values.has(name)) this.values.set(name, value)
    else this.parent?.assign(name, value)
  }
}

class Run {
  output = ''
  private steps = 0
  private readonly context: TemplateContext

  constructor(context: TemplateContext) {
    this.context = context
  }

  async nodes(nodes: readonly Node[], dot: Value, scope: Scope): Promise<void> {
    for (const node of nodes) {
      if (++this.steps > MAX_STEPS) throw new TemplateError('too many steps')
      await this.node(node, dot, scope)
      if (this.output.length > MAX_OUTPUT) throw new TemplateError('the text is too long')
    }
  }

  private async node(node: Node, dot: Value, scope: Scope): Promise<void> {
    switch (node.kind) {
      case 'text':
        this.output += node.text
        return
      case 'action': {
        const value = await this.pipeline(node.pipeline, dot, scope)
        if (!node.pipeline.variable) this.output += printValue(value)
        return
      }
      case 'if':
      case 'with': {
        const inner = new Scope(scope)
        const value = await this.pipeline(node.pipeline, dot, inner)
        if (isTruthy(value)) await this.nodes(node.body, node.kind === 'with' ? value : dot, inner)
        else await this.nodes(node.otherwise, dot, inner)
        return
      }
      case 'range': {
        const entries = entriesOf(await this.pipeline(node.pipeline, dot, scope))
        if (entries.length === 0) await this.nodes(node.otherwise, dot, new Scope(scope))
        for (const [key, value] of entries) {
          const inner = new Scope(scope)
          const [first, second] = node.variables
          if (second !== undefined) inner.declare(second, value)
          if (first !== undefined) inner.declare(first, second === undefined ? value : key)
          await this.nodes(node.body, value, inner)
        }
      }
    }
  }

  private async pipeline({ commands, variable }: Pipeline, dot: Value, scope: Scope): Promise<Value> {
    let value: Value | undefined
    for (const { operands } of commands) {
      const [first, ...rest] = operands
      if (!first) throw new TemplateError('missing value for a command')
      if (first.kind !== 'function') {
        value = await this.operand(first, dot, scope)
        continue
      }
      const args: Value[] = []
      for (const operand of rest) args.push(await this.operand(operand, dot, scope))
      if (value !== undefined) args.push(value)
      value = await this.call(first.name, args)
    }
    const result = value ?? null
    if (variable?.declares) scope.declare(variable.name, result)
    else if (variable) scope.assign(variable.name, result)
    return result
  }

  private async operand(operand: Operand, dot: Value, scope: Scope): Promise<Value> {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'function':
        return this.call(operand.name, [])
      case 'dot':
        return operand.fields.reduce<Value>(fieldOf, dot)
      case 'variable':
        return operand.fields.reduce<Value>(fieldOf, scope.get(operand.name))
      case 'pipeline':
        return operand.fields.reduce<Value>(fieldOf, await this.pipeline(operand.pipeline, dot, scope))
    }
  }

  private async call(name: string, args: readonly Value[]): Promise<Value> {
    if (++this.steps > MAX_STEPS) throw new TemplateError('too many steps')
    if (name !== 'query') return callFunction(name, args)
    const [expression = null] = args
    if (args.length !== 1) throw new TemplateError(`wrong number of arguments for query: ${args.length}`)
    return this.context.query(toText(expression))
  }
}

function entriesOf(value: Value): [Value, Value][] {
  if (isList(value)) return value.map((element, i) => [BigInt(i), element])
  if (value === null) return []
  if (isMap(value))
    return Object.keys(value)
      .sort()
      .map((name) => [name, value[name] ?? ''])
  throw new TemplateError(`range can't iterate over ${printValue(value)}`)
}
