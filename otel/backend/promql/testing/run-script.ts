// Runs a script of the test language against the engine, and says where answers differ from what it expects.

import { createEngine, type Engine } from '../engine.ts'
import { parseQuery } from '../language/parser.ts'
import { printExpr } from '../language/print.ts'
import { QueryError } from '../query-error.ts'
import type { QueryResult } from '../query-result.ts'
import { checkAnnotations, checkValue, checkVector, comparePoints } from './check-answer.ts'
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts'
import { type Command, type EvalCommand, parseScript } from './script.ts'

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
      if (point === 'none') return
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
