// /query, /query_range and /query_exemplars.
import type { Response, Router } from 'express'
import type { Engine } from '../../promql/engine.ts'
import { parseQuery } from '../../promql/language/parser.ts'
import { selectorsOf } from '../../promql/language/walk.ts'
import { QueryError } from '../../promql/query-error.ts'
import { formatSampleValue, formatTimestamp } from '../go-float.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { ApiError, invalidParameter } from './api-error.ts'
import { labelsJson, queryJson } from './query-json.ts'
import { optionalTime, parseDuration, requiredTime, timeoutOf } from './request-params.ts'
import { type Handler, sendPieces, type Wrap } from './responses.ts'

export interface QueryDeps {
  store: Tsdb
  engine: Engine
  now: () => number
}

const MAX_POINTS = 11_000
const TOO_MANY_POINTS =
  'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)'

export function addQueryRoutes(router: Router, deps: QueryDeps, wrap: Wrap): void {
  const routes: [string, Handler][] = [
    ['/query', (params, _req, res) => answerQuery(deps, params, res)],
    ['/query_range', (params, _req, res) => answerQueryRange(deps, params, res)],
    ['/query_exemplars', (params, _req, res) => answerExemplars(deps, params, res)],
  ]
  for (const [path, handle] of routes) {
    router.get(path, wrap(handle))
    router.post(path, wrap(handle))
  }
}

async function answerQuery({ engine, now }: QueryDeps, params: URLSearchParams, res: Response): Promise<void> {
  const timeMs = optionalTime(params, 'time', now())
  const options = optionsOf(params, res)
  const result = await engine.instantQuery({ ...options, timeMs }).catch(rethrowWithParameter)
  await sendPieces(res, queryJson(result), result)
}

async function answerQueryRange({ engine }: QueryDeps, params: URLSearchParams, res: Response): Promise<void> {
  const startMs = requiredTime(params, 'start')
  const endMs = requiredTime(params, 'end')
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time')
  const step = parseDuration(params.get('step') ?? '', 'step')
  if (!(step > 0)) {
    const message = 'zero or negative query resolution step widths are not accepted. Try a positive integer'
    throw invalidParameter('step', message)
  }
  if ((endMs - startMs) / step > MAX_POINTS) throw new ApiError('bad_data', TOO_MANY_POINTS)
  // The engine counts whole milliseconds.
  const stepMs = Math.max(1, Math.trunc(step))
  const options = optionsOf(params, res)
  const result = await engine.rangeQuery({ ...options, startMs, endMs, stepMs }).catch(rethrowWithParameter)
  await sendPieces(res, queryJson(result), result)
}

function optionsOf(params: URLSearchParams, res: Response) {
  const timeoutMs = timeoutOf(params)
  const gone = new AbortController()
  res.on('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  return { query: params.get('query') ?? '', signal: gone.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

function rethrowWithParameter(error: unknown): never {
  if (error instanceof QueryError && error.kind === 'bad_data' && error.message.includes('parse error')) {
    throw invalidParameter('query', error.message, error)
  }
  throw error
}

async function answerExemplars({ store }: QueryDeps, params: URLSearchParams, res: Response): Promise<void> {
  const fromMs = optionalTime(params, 'start', Number.MIN_SAFE_INTEGER)
  const toMs = optionalTime(params, 'end', Number.MAX_SAFE_INTEGER)
  if (toMs < fromMs) throw new ApiError('bad_data', 'end timestamp must not be before start timestamp')
  const selectors = selectorsOf(parseQuery(params.get('query') ?? ''))
  const series = new Set(
    selectors.flatMap(({ matchers }) => [...store.select(matchers, fromMs, Number.MAX_SAFE_INTEGER)]),
  )
  await sendPieces(res, exemplarsJson(store, series, fromMs, toMs), {})
}

function* exemplarsJson(
  store: Tsdb,
  all: ReadonlySet<ReturnType<Tsdb['select']>[number]>,
  fromMs: number,
  toMs: number,
): Generator<string> {
  yield '['
  let separator = ''
  for (const series of all) {
    const exemplars = store.exemplars.read(series, fromMs, toMs).map(({ labels, value, timestampMs }) => {
      const time = formatTimestamp(timestampMs)
      return `{"labels":${labelsJson(labels)},"value":"${formatSampleValue(value)}","timestamp":${time}}`
    })
    if (exemplars.length === 0) continue
    yield `${separator}{"seriesLabels":${labelsJson(series.labels)},"exemplars":[${exemplars.join(',')}]}`
    separator = ','
  }
  yield ']'
}
