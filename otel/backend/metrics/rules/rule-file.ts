// Reads a Prometheus rules file and checks all of it: structure, expressions, names, durations, templates. A file with any fault is
// refused, with every fault's line.
import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Expr } from '../../promql/language/ast.ts'
import { parseDurationMs } from '../../promql/language/duration.ts'
import { parseQuery } from '../../promql/language/parser.ts'
import { printExpr } from '../../promql/language/print.ts'
import type { Node } from './template/template-ast.ts'
import { parseTemplate } from './template/template-parser.ts'

export interface RecordingRule {
  readonly kind: 'recording'
  readonly name: string
  readonly expr: Expr
  /** The expression in its canonical spelling. */
  readonly query: string
  readonly labels: Readonly<Record<string, string>>
}

export interface TemplatedText {
  readonly source: string
  readonly nodes: readonly Node[]
}

export interface AlertingRule {
  readonly kind: 'alerting'
  readonly name: string
  readonly expr: Expr
  readonly query: string
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly labels: Readonly<Record<string, TemplatedText>>
  readonly annotations: Readonly<Record<string, TemplatedText>>
}

export type Rule = RecordingRule | AlertingRule

export interface RuleGroup {
  readonly name: string
  /** As given to `parseRuleFile`. */
  readonly file: string
  readonly intervalMs: number
  /** Series or alerts of one rule, 0 for any number. */
  readonly limit: number
  readonly rules: readonly Rule[]
}

export class RuleFileError extends Error {
  /** `file:line: what is wrong`, one for each fault. */
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'RuleFileError'
    this.faults = faults
  }
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

const duration = z.string().transform((text, context) => {
  const ms = parseDurationMs(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `not a valid duration string: ${JSON.stringify(text)}` })
  return z.NEVER
})

/** A key without a value is the same as no key. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

const expression = z.string().transform((text, context) => {
  try {
    const expr = parseQuery(text)
    return { expr, query: printExpr(expr) }
  } catch (error) {
    context.addIssue({ code: 'custom', message: `could not parse expression: ${messageOf(error)}` })
    return z.NEVER
  }
})

const template = z.string().transform((source, context): TemplatedText => {
  try {
    return { source, nodes: parseTemplate(source) }
  } catch (error) {
    context.addIssue({ code: 'custom', message: `could not parse template: ${messageOf(error)}` })
    return z.NEVER
  }
})

const labelName = z
  .string()
  .regex(LABEL_NAME, 'invalid label name')
  .refine((name) => name !== '__name__', 'a rule cannot set the label __name__')
const annotationName = z.string().regex(LABEL_NAME, 'invalid annotation name')

const recordingRule = z.strictObject({
  record: z.string().regex(METRIC_NAME, 'invalid recording rule name'),
  expr: expression,
  labels: optional(z.record(labelName, z.string())),
})

const alertingRule = z.strictObject({
  alert: z.string().min(1),
  expr: expression,
  for: optional(duration),
  keep_firing_for: optional(duration),
  labels: optional(z.record(labelName, template)),
  annotations: optional(z.record(annotationName, template)),
})

const group = z.strictObject({
  name: z.string().min(1),
  interval: optional(duration),
  limit: optional(
    z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number),
  ),
  rules: optional(z.array(z.unknown())),
})

const file = z.strictObject({ groups: optional(z.array(group)) })

type Path = readonly (string | number)[]
type Report = (path: Path, message: string) => void

/**
 * Parses the text of a rules file. `defaultIntervalMs` is that of groups that set none.
 * @throws RuleFileError
 */
export function parseRuleFile(text: string, fileName: string, defaultIntervalMs: number): RuleGroup[] {
  const lines = new LineCounter()
  // Every scalar is a text, as Prometheus reads them: `version: 1.10` is no number.
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe' })
  if (document.errors.length > 0)
    throw new RuleFileError(document.errors.map(({ message }) => `${fileName}: ${message}`))
  const faults: string[] = []
  const report: Report = (path, message) => {
    const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
    faults.push(`${fileName}:${lineOf(document, lines, path)}: ${place.replace(/^\./, '')}: ${message}`)
  }
  const parsed = checked(file, document.toJS({ maxAliasCount: 100 }) || {}, [], report)
  const groups = (parsed?.groups ?? []).map((entry, i) => readGroup(entry, i, fileName, defaultIntervalMs, report))
  for (const [i, { name }] of groups.entries()) {
    if (groups.findIndex((other) => other.name === name) < i) {
      report(['groups', i, 'name'], `groupname: ${JSON.stringify(name)} is repeated in the same file`)
    }
  }
  if (faults.length > 0) throw new RuleFileError(faults)
  return groups
}

function readGroup(
  entry: z.infer<typeof group>,
  index: number,
  fileName: string,
  defaultIntervalMs: number,
  report: Report,
): RuleGroup {
  const rules = (entry.rules ?? []).flatMap((rule, i) => readRule(rule, ['groups', index, 'rules', i], report) ?? [])
  if (entry.interval === 0) report(['groups', index, 'interval'], 'must be longer than 0s')
  return {
    name: entry.name,
    file: fileName,
    intervalMs: entry.interval ?? defaultIntervalMs,
    limit: entry.limit ?? 0,
    rules,
  }
}

function readRule(raw: unknown, path: Path, report: Report): Rule | undefined {
  const isObject = typeof raw === 'object' && raw !== null
  const isRecord = isObject && 'record' in raw
  if (isRecord === (isObject && 'alert' in raw)) {
    report(path, 'a rule has either "record" or "alert"')
    return undefined
  }
  if (isRecord) {
    const rule = checked(recordingRule, raw, path, report)
    return rule && { kind: 'recording', name: rule.record, ...rule.expr, labels: rule.labels ?? {} }
  }
  const rule = checked(alertingRule, raw, path, report)
  return (
    rule && {
      kind: 'alerting',
      name: rule.alert,
      ...rule.expr,
      forMs: rule.for ?? 0,
      keepFiringForMs: rule.keep_firing_for ?? 0,
      labels: rule.labels ?? {},
      annotations: rule.annotations ?? {},
    }
  )
}

function checked<T>(schema: z.ZodType<T>, raw: unknown, path: Path, report: Report): T | undefined {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    // Keys of parsed YAML are strings and numbers.
    report([...path, ...(issue.path as (string | number)[])], issue.message)
  }
  return undefined
}

/** Line of the deepest part of the path that there is. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
