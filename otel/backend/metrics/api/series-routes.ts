// /series, /labels and /label/NAME/values: what there is to query.
import type { Response, Router } from 'express'
import { compareLabels, compareStrings, labelValue } from '../../promql/labels.ts'
import type { Matcher } from '../../promql/matcher.ts'
import type { Series } from '../tsdb/series.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { ApiError } from './api-error.ts'
import { labelsJson } from './query-json.ts'
import { limitOf, optionalTime } from './request-params.ts'
import { type Handler, sendData, sendPieces, type Wrap } from './responses.ts'
import { selectorsOfParams } from './selector-params.ts'

const TRUNCATED = 'results truncated due to limit'
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

export function addSeriesRoutes(router: Router, store: Tsdb, wrap: Wrap): void {
  const labels: Handler = (params, _req, res) => answerNames(store, params, res)
  const series: Handler = (params, _req, res) => answerSeries(store, params, res)
  router.get('/labels', wrap(labels))
  router.post('/labels', wrap(labels))
  router.get('/series', wrap(series))
  router.post('/series', wrap(series))
  router.get(
    '/label/:name/values',
    wrap((params, req, res) => answerValues(store, String(req.params.name), params, res)),
  )
}

function answerNames(store: Tsdb, params: URLSearchParams, res: Response): void {
  const series = matchingSeries(store, params)
  const names = new Set<string>()
  if (!series) for (const name of store.labelNames()) names.add(name)
  else for (const { labels } of series) for (const [name] of labels.pairs) names.add(name)
  sendSorted(res, names, limitOf(params))
}

function answerValues(store: Tsdb, name: string, params: URLSearchParams, res: Response): void {
  if (!LABEL_NAME.test(name)) throw new ApiError('bad_data', `invalid label name: ${JSON.stringify(name)}`)
  const series = matchingSeries(store, params)
  const values = new Set<string>()
  if (!series) for (const value of store.labelValues(name)) values.add(value)
  else for (const { labels } of series) values.add(labelValue(labels, name))
  values.delete('')
  sendSorted(res, values, limitOf(params))
}

async function answerSeries(store: Tsdb, params: URLSearchParams, res: Response): Promise<void> {
  if (!params.has('match[]')) throw new ApiError('bad_data', 'no match[] parameter provided')
  const limit = limitOf(params)
  const found = [...(matchingSeries(store, params) ?? [])].sort((a, b) => compareLabels(a.labels, b.labels))
  const truncated = limit > 0 && found.length > limit
  const pieces = truncated ? found.slice(0, limit) : found
  await sendPieces(res, seriesJson(pieces), truncated ? { warnings: [TRUNCATED] } : {})
}

function* seriesJson(all: readonly Series[]): Generator<string> {
  yield '['
  for (const [i, { labels }] of all.entries()) yield `${i > 0 ? ',' : ''}${labelsJson(labels)}`
  yield ']'
}

/**
 * The series of any of the selectors, or undefined for all: without selectors the index answers, whatever the times, as its
 * labels live only as long as their series are stored.
 */
function matchingSeries(store: Tsdb, params: URLSearchParams): ReadonlySet<Series> | undefined {
  const fromMs = optionalTime(params, 'start', Number.MIN_SAFE_INTEGER)
  const toMs = optionalTime(params, 'end', Number.MAX_SAFE_INTEGER)
  const selectors: (readonly Matcher[])[] = selectorsOfParams(params)
  if (toMs < fromMs) return new Set()
  if (selectors.length === 0) return undefined
  return new Set(selectors.flatMap((matchers) => [...store.select(matchers, fromMs, toMs)]))
}

function sendSorted(res: Response, texts: ReadonlySet<string>, limit: number): void {
  const sorted = [...texts].sort(compareStrings)
  if (limit > 0 && sorted.length > limit) sendData(res, sorted.slice(0, limit), { warnings: [TRUNCATED] })
  else sendData(res, sorted)
}
