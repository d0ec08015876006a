// Runs a script of the test language against the engine, and says where answers differ from what it expects.

import { createEngine, type Engine } from '../engine.ts'
import { almostEqual } from '../functions/arithmetic.ts'
import type { Labels } from '../labels.ts'
import { parseQuery } from '../language/parser.ts'
import { printExpr } from '../language/print.ts'
import { QueryError } from '../query-error.ts'
import type { QueryResult } from '../query-result.ts'
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts'
import { type Command, type Expectation, parseScript } from './script.ts'
import { type Point, parseTimeMs, type SeriesLine } from './series-notation.ts'

type EvalCommand = Command & { kind: 'eval' }

const TOLERANCE = 1e-6

export interface ScriptReport {
  readonly evals: number
  /** One text per eval that went wrong, beginning with its line. */
  readonly failures: readonly string[]
}

/** @throws Error when the script cannot be read. */
export async function runScript(text: string): Promise<ScriptReport> {
  const storage = createMemoryStorage()
  const engine = createEngine({ storage })
  const failures: string[] = []
  let evals = 0
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') storage.clear()
    else if (command.kind === 'load') load(storage, command)
    else {
      evals++
      for (const failure of await runEval(engine, command)) failures.push(`line ${command.line}: ${failure}`)
    }
  }
  return { evals, failures }
}

function load(storage: MemoryStorage, { series, stepMs }: Command & { kind: 'load' }): void {
  for (const { labels, points } of series) {
    points.forEach((point, index) => {
      if (point !== 'none')
        storage.append(labels, index * stepMs, point === 'stale' ? Number.NaN : point, point === 'stale')
    })
  }
}

async function runEval(engine: Engine, command: EvalCommand): Promise<string[]> {
  const { times, query, expectations } = command
  const failure = await ask(() =>
    times.type === 'instant'
      ? engine.instantQuery({ query, timeMs: times.timeMs })
      : engine.rangeQuery({ query, ...times }),
  )
  const shouldFail = expectations.filter(({ kind }) => kind === 'fail')
  if (failure instanceof QueryError) {
    if (shouldFail.length === 0) return [`${query}: ${failure.message}`]
    const isExpected = shouldFail.every(({ matches }) => matches?.(failure.message) ?? true)
    return isExpected ? [] : [`${query} failed otherwise: ${failure.message}`]
  }
  if (shouldFail.length > 0) return [`${query} did not fail`]
  const problems = [...checkAnnotations(failure, expectations), ...checkValue(failure, command)]
  if (problems.length === 0) problems.push(...(await checkAgain(engine, command)))
  return problems.map((problem) => `${query}: ${problem}`)
}

async function ask(query: () => Promise<QueryResult>): Promise<QueryResult | QueryError> {
  try {
    return await query()
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}

/** What must hold beside the answer: the printed query means the same, and an instant is the same within a range. */
async function checkAgain(engine: Engine, command: EvalCommand): Promise<string[]> {
  const { times, expectations } = command
  const query = printExpr(parseQuery(command.query))
  if (times.type === 'range') return checkValue(await engine.rangeQuery({ query, ...times }), command)
  const { timeMs } = times
  const problems = checkValue(await engine.instantQuery({ query, timeMs }), command)
  const hasOrder = expectations.some(({ kind }) => kind === 'ordered' || kind === 'string' || kind === 'range vector')
  if (hasOrder || /(start|end)\(\)/.test(query)) return problems
  const around = { startMs: timeMs - 60_000, endMs: timeMs + 60_000, stepMs: 60_000 }
  const result = await ask(() => engine.rangeQuery({ query, ...around }))
  if (result instanceof QueryError) return [`within a range: ${result.message}`]
  if (result.type !== 'matrix') return [`within a range: a ${result.type}`]
  const samples = result.series.flatMap(({ labels, timestampsMs, values }) => {
    const index = timestampsMs.indexOf(timeMs)
    return index < 0 ? [] : [{ labels, timestampMs: timeMs, value: values[index] as number }]
  })
  if (command.scalar) {
    return comparePoints(command.scalar, [samples[0]?.value ?? 'none'], 'scalar within a range').concat(problems)
  }
  return problems.concat(checkVector(samples, command.series, false).map((problem) => `within a range: ${problem}`))
}

function checkAnnotations({ warnings, infos }: QueryResult, expectations: readonly Expectation[]): string[] {
  const problems: string[] = []
  for (const [kind, messages] of [
    ['warn', warnings],
    ['info', infos],
  ] as const) {
    // Positions are not part of the expectation.
    const texts = messages.map((message) => message.replace(/ \(\d+:\d+\)$/, ''))
    const wanted = expectations.filter((expectation) => expectation.kind === kind)
    if (expectations.some((expectation) => expectation.kind === `no_${kind}`) && texts.length > 0) {
      problems.push(`unexpected ${kind}: ${texts.join('; ')}`)
    }
    for (const { matches, text } of wanted) {
      if (!texts.some((message) => matches?.(message) ?? true))
        problems.push(`no ${kind} ${text}, but [${texts.join('; ')}]`)
    }
    if (wanted.length === 0 || wanted.some(({ matches }) => !matches)) continue
    for (const message of texts) {
      if (!wanted.some(({ matches }) => matches?.(message))) problems.push(`unexpected ${kind}: ${message}`)
    }
  }
  return problems
}

function checkValue(result: QueryResult, { series, scalar, times, expectations }: EvalCommand): string[] {
  const text = expectations.find(({ kind }) => kind === 'string')?.text
  if (text !== undefined) {
    return result.type === 'string' && JSON.stringify(result.value) === text ? [] : [`not the string ${text}`]
  }
  if (result.type === 'string') return ['a string, which was not expected']
  if (result.type === 'scalar')
    return scalar ? comparePoints(scalar, [result.value], 'scalar') : ['a scalar, which was not expected']
  const ordered = expectations.some(({ kind }) => kind === 'ordered')
  if (result.type === 'vector') return checkVector(result.samples, series, ordered)
  const grid = times.type === 'range' ? times : gridOf(expectations)
  if (!grid) return ['a range vector, which was not expected']
  const steps = Math.floor((grid.endMs - grid.startMs) / grid.stepMs) + 1
  const got = result.series.map(({ labels, timestampsMs, values }) => {
    const points: Point[] = Array.from({ length: steps }, () => 'none')
    timestampsMs.forEach((timeMs, i) => {
      points[(timeMs - grid.startMs) / grid.stepMs] = values[i] as number
    })
    return { labels, points }
  })
  return compareSeries(scalar ? [{ labels: NO_LABELS, points: scalar }] : series, got, ordered)
}

const NO_LABELS: Labels = { pairs: [], key: '' }

function gridOf(expectations: readonly Expectation[]) {
  const { text } = expectations.find(({ kind }) => kind === 'range vector') ?? {}
  const [, start, end, step] = /^from (\S+) to (\S+) step (\S+)$/.exec(text ?? '') ?? []
  if (!start || !end || !step) return undefined
  return { startMs: parseTimeMs(start), endMs: parseTimeMs(end), stepMs: parseTimeMs(step) }
}

function checkVector(
  samples: readonly { labels: Labels; value: number }[],
  wanted: readonly SeriesLine[],
  ordered: boolean,
) {
  return compareSeries(
    wanted,
    samples.map(({ labels, value }) => ({ labels, points: [value] })),
    ordered,
  )
}

function compareSeries(wanted: readonly SeriesLine[], got: readonly SeriesLine[], ordered: boolean): string[] {
  const show = ({ pairs }: Labels) => JSON.stringify(Object.fromEntries(pairs))
  if (ordered && wanted.map(({ labels }) => labels.key).join('|') !== got.map(({ labels }) => labels.key).join('|')) {
    return [`wrong series or order: ${got.map(({ labels }) => show(labels)).join(' ')}`]
  }
  const rest = new Map(got.map((series) => [series.labels.key, series]))
  const problems: string[] = rest.size === got.length ? [] : ['the same labels twice']
  for (const { labels, points } of wanted) {
    const series = rest.get(labels.key)
    rest.delete(labels.key)
    if (series) problems.push(...comparePoints(points, series.points, show(labels)))
    else if (points.some((point) => point !== 'none')) problems.push(`no series ${show(labels)}`)
  }
  for (const { labels, points } of rest.values()) problems.push(`unexpected series ${show(labels)} ${points.join(' ')}`)
  return problems
}

function comparePoints(wanted: readonly Point[], got: readonly Point[], what: string): string[] {
  const count = Math.max(wanted.length, got.length)
  for (let i = 0; i < count; i++) {
    if (!samePoint(wanted[i] ?? 'none', got[i] ?? 'none'))
      return [`${what}: want ${wanted.join(' ')}, got ${got.join(' ')}`]
  }
  return []
}

function samePoint(a: Point, b: Point): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  return Object.is(a, b) || almostEqual(a, b, TOLERANCE)
}
