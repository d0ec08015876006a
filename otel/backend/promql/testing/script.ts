// Reads scripts in Prometheus's test language: load, clear, eval instant, eval range, and what is expected of them.
// The deprecated spellings (eval_fail, eval_ordered, …) and native histograms are refused.

import { type Point, parsePoints, parseSeriesLine, parseTimeMs, type SeriesLine } from './series-notation.ts'

export type ExpectationKind = 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info' | 'ordered' | 'string' | 'range vector'

export interface Expectation {
  readonly kind: ExpectationKind
  /** Whether an error or annotation is the expected one; absent: any is. */
  readonly matches?: (message: string) => boolean
  /** The expected string, or the times of a range vector. */
  readonly text: string
}

export type EvalTimes =
  | { readonly type: 'instant'; readonly timeMs: number }
  | { readonly type: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number }

export type Command =
  | { readonly kind: 'clear'; readonly line: number }
  | { readonly kind: 'load'; readonly line: number; readonly stepMs: number; readonly series: readonly SeriesLine[] }
  | {
      readonly kind: 'eval'
      readonly line: number
      readonly times: EvalTimes
      readonly query: string
      readonly expectations: readonly Expectation[]
      readonly series: readonly SeriesLine[]
      /** The values of a line without labels: a scalar is expected. */
      readonly scalar: readonly Point[] | undefined
    }

export type EvalCommand = Command & { readonly kind: 'eval' }

/** @throws Error with the number of the first line that makes no sense. */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => line.replace(/^\s*#.*$/, '').trim())
  const commands: Command[] = []
  let at = 0
  while (at < lines.length) {
    const head = lines[at] as string
    const line = ++at
    if (head === '') continue
    // A command's block ends at an empty line or at the next command.
    const block: string[] = []
    while (at < lines.length && lines[at] !== '' && !/^(load|clear|eval)\b/.test(lines[at] as string)) {
      block.push(lines[at++] as string)
    }
    try {
      commands.push(parseCommand(head, block, line))
    } catch (error) {
      throw new Error(`line ${line}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return commands
}

function parseCommand(head: string, block: readonly string[], line: number): Command {
  if (head === 'clear') return { kind: 'clear', line }
  const load = /^load\s+(\S+)$/.exec(head)
  if (load) return { kind: 'load', line, stepMs: parseTimeMs(load[1] ?? ''), series: block.map(parseSeriesLine) }
  const instant = /^eval instant at (\S+)\s+(.*)$/.exec(head)
  if (instant) {
    const [, time = '', query = ''] = instant
    return { kind: 'eval', line, times: { type: 'instant', timeMs: parseTimeMs(time) }, query, ...parseExpected(block) }
  }
  const range = /^eval range from (\S+) to (\S+) step (\S+)\s+(.*)$/.exec(head)
  if (!range) throw new Error(`unknown command: ${head}`)
  const [start = 0, end = 0, step = 0] = range.slice(1, 4).map(parseTimeMs)
  const times = { type: 'range', startMs: start, endMs: end, stepMs: step } as const
  return { kind: 'eval', line, times, query: range[4] ?? '', ...parseExpected(block) }
}

function parseExpected(block: readonly string[]) {
  const expectations: Expectation[] = []
  const series: SeriesLine[] = []
  let scalar: Point[] | undefined
  for (const text of block) {
    if (text.startsWith('expect ')) expectations.push(parseExpectation(text))
    else if (/^([+-]?(\.?\d|[Ii]nf|[Nn]a[Nn])|_)/.test(text)) scalar = parsePoints(text)
    else series.push(parseSeriesLine(text))
  }
  return { expectations, series, scalar }
}

function parseExpectation(text: string): Expectation {
  const valued = /^expect (string|range vector)\s+(.*)$/.exec(text)
  if (valued) return { kind: valued[1] as ExpectationKind, text: valued[2] ?? '' }
  const [, kind, how, pattern = ''] =
    /^expect (fail|warn|info|no_warn|no_info|ordered)(?:\s+(msg|regex):\s*(.*))?$/.exec(text) ?? []
  if (kind === undefined) throw new Error(`unknown expectation: ${text}`)
  const expectation = { kind: kind as ExpectationKind, text: pattern }
  if (how === 'msg') return { ...expectation, matches: (message) => message === pattern }
  if (how === 'regex') return { ...expectation, matches: (message) => new RegExp(pattern).test(message) }
  return expectation
}
