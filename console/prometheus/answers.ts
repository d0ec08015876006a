// Shapes of Prometheus's answers, read once: times become milliseconds, values numbers. Everything above uses these shapes.

export type Labels = Readonly<Record<string, string>>
export type Series = {
  labels: Labels /** Milliseconds since the epoch, value. */
  points: readonly (readonly [number, number])[]
}
export type RangeMatrix = readonly Series[]
export type InstantSample = { labels: Labels; timeMs: number; value: number }
export type InstantVector = readonly InstantSample[]

/** `expression` of a query that could not be answered, in the words of whoever answered. */
export class PromError extends Error {
  override readonly name = 'PromError'
  /** `bad_data`, `execution`, `timeout`, … or `unreachable`. */
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

type WireSample = [number, string]
type WireResult = {
  resultType?: string
  result?: unknown
}

/** The `data` of an instant query; scalars and strings become one sample without labels. */
export function readVector(data: unknown): InstantVector {
  const { resultType, result } = (data ?? {}) as WireResult
  if (resultType === 'scalar' || resultType === 'string') {
    const [seconds, text] = result as WireSample
    return [{ labels: {}, timeMs: seconds * 1000, value: readNumber(text) }]
  }
  if (resultType === 'matrix') {
    return readMatrix(data).flatMap(({ labels, points }) => {
      const last = points.at(-1)
      return last ? [{ labels, timeMs: last[0], value: last[1] }] : []
    })
  }
  if (resultType !== 'vector') throw new PromError('unreachable', 'the answer is not one of Prometheus')
  return (result as { metric: Labels; value?: WireSample }[]).flatMap(({ metric, value }) =>
    value ? [{ labels: metric, timeMs: value[0] * 1000, value: readNumber(value[1]) }] : [],
  )
}

/** The `data` of a query over a range. */
export function readMatrix(data: unknown): RangeMatrix {
  const { resultType, result } = (data ?? {}) as WireResult
  if (resultType !== 'matrix') throw new PromError('unreachable', 'the answer is not one of Prometheus')
  return (result as { metric: Labels; values?: WireSample[] }[]).map(({ metric, values = [] }) => ({
    labels: metric,
    points: values.map(([seconds, text]) => [seconds * 1000, readNumber(text)] as const),
  }))
}

/** `+Inf`, `-Inf`, `NaN` and what JavaScript reads by itself. */
export function readNumber(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number(text)
}

export type Exemplar = { seriesLabels: Labels; labels: Labels; timeMs: number; value: number }

/** The `data` of `/api/v1/query_exemplars`. */
export function readExemplars(data: unknown): Exemplar[] {
  type Wire = { seriesLabels: Labels; exemplars: { labels: Labels; value: string; timestamp: number }[] }
  return ((data ?? []) as Wire[]).flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({
      seriesLabels,
      labels,
      timeMs: timestamp * 1000,
      value: readNumber(value),
    })),
  )
}
