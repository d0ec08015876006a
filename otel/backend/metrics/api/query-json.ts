// A query's answer as JSON, in pieces: one for each series, or for some hundred of its samples.
import type { Labels } from '../../promql/labels.ts'
import type { QueryValue, SampleSeries } from '../../promql/query-result.ts'
import { formatSampleValue, formatScalarValue, formatTimestamp } from '../go-float.ts'

const SAMPLES_PER_PIECE = 500

/** `{"resultType":…,"result":…}` */
export function* queryJson(value: QueryValue): Generator<string> {
  yield `{"resultType":"${value.type}","result":`
  switch (value.type) {
    case 'scalar':
      yield `[${value.timestampMs / 1000},"${formatScalarValue(value.value)}"]`
      break
    case 'string':
      yield `[${value.timestampMs / 1000},${JSON.stringify(value.value)}]`
      break
    case 'vector':
      yield '['
      for (const [i, { labels, timestampMs, value: sample }] of value.samples.entries()) {
        yield `${i > 0 ? ',' : ''}{"metric":${labelsJson(labels)},"value":${sampleJson(timestampMs, sample)}}`
      }
      yield ']'
      break
    case 'matrix':
      yield '['
      for (const [i, series] of value.series.entries()) {
        if (i > 0) yield ','
        yield* seriesJson(series)
      }
      yield ']'
  }
  yield '}'
}

export function labelsJson(labels: Labels): string {
  let json = '{'
  for (const [name, value] of labels.pairs) {
    json += `${json.length > 1 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return `${json}}`
}

function* seriesJson({ labels, timestampsMs, values }: SampleSeries): Generator<string> {
  yield `{"metric":${labelsJson(labels)},"values":[`
  for (let start = 0; start < values.length; start += SAMPLES_PER_PIECE) {
    const end = Math.min(values.length, start + SAMPLES_PER_PIECE)
    let piece = ''
    for (let i = start; i < end; i++) {
      // Parallel arrays, and within their length.
      piece += `${i > 0 ? ',' : ''}${sampleJson(timestampsMs[i]!, values[i]!)}`
    }
    yield piece
  }
  yield ']}'
}

function sampleJson(timestampMs: number, value: number): string {
  return `[${formatTimestamp(timestampMs)},"${formatSampleValue(value)}"]`
}
