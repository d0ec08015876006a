// Random queries over the test dataset: well typed, most of them with an answer, from every corner of the language but those
// where Prometheus 2 and 3 answer differently. known-differences.ts shows these, and says which rule keeps them away here.

import type { Random } from './random.ts'

const METRICS = [
  'requests_total',
  'requests_total{code="200"}',
  'requests_total{path!="/",instance=~"a:.*"}',
  'latency_seconds_bucket',
  'latency_seconds_count',
  'up',
  'info',
  'temperature',
  'temperature{sensor="in"}',
  'queue',
  'flaky',
  'late_total',
  'special',
  'huge',
  '{__name__=~"up|info",instance!~"b.*"}',
  'missing_metric',
]
/** Their values are all different, so that it is clear which are the largest. */
const DISTINCT = [
  'temperature',
  'temperature{sensor="out"}',
  'abs(temperature)',
  'temperature * 3',
  'temperature offset 3m',
]
const COUNTERS = [
  'requests_total',
  'requests_total{code="200"}',
  'latency_seconds_bucket',
  'latency_seconds_count',
  'late_total',
]
const RANGES = ['30s', '1m', '2m', '5m', '7m30s', '15m']
const LABELS = ['instance', 'job', 'path', 'code', 'sensor', 'le', 'version']
/** Always finite, so that a group of one has a spread in both versions. */
const FINITE = [
  'requests_total',
  'temperature',
  'flaky',
  'up',
  'latency_seconds_count',
  'rate(requests_total[2m])',
  'queue * 2',
]
/** What a date can be made of in Go and in JavaScript. */
const TIMES = ['timestamp(up)', 'requests_total * 86400', 'temperature * 1e6', 'late_total * 3e5']
const MATH = 'abs exp ln log2 log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg rad'.split(' ')
const CALENDAR = 'minute hour day_of_week day_of_month days_in_month day_of_year month year'.split(' ')
const OVER_TIME = 'avg min max sum count last present'.split(' ').map((name) => `${name}_over_time`)
const RANGE_FUNCTIONS = ['delta', 'idelta', 'deriv', 'changes', 'resets', 'absent_over_time', ...OVER_TIME]
const SPREADS = ['stddev', 'stdvar']
const AGGREGATORS = ['sum', 'avg', 'min', 'max', 'count', 'group']

/** An expression of type instant vector. `depth` bounds its nesting. */
export function randomVector(random: Random, depth: number): string {
  if (depth <= 0 || random.chance(0.1)) return randomSelector(random)
  return random.pick(VECTOR_FORMS)(random, depth - 1)
}

const VECTOR_FORMS: readonly ((random: Random, depth: number) => string)[] = [
  (random) => randomSelector(random),
  (random, depth) => `${random.pick(MATH)}(${randomVector(random, depth)})`,
  (random) => `${random.pick(CALENDAR)}()`,
  (random) => `${random.pick(CALENDAR)}(${random.pick(TIMES)})`,
  (random, depth) => `${random.pick(RANGE_FUNCTIONS)}(${randomRange(random, depth)})`,
  (random) =>
    `${random.pick(['rate', 'increase', 'irate', 'resets'])}(${random.pick(COUNTERS)}[${random.pick(RANGES)}])`,
  (random) => `increase((${random.pick(COUNTERS)} * 3)[${random.pick(RANGES)}:${random.pick(['', '13s', '20s'])}])`,
  (random) => `${random.pick(SPREADS)}${randomGrouping(random)}(${random.pick(FINITE)})`,
  (random) =>
    `${random.pick(SPREADS)}_over_time(${random.pick(['requests_total', 'temperature', 'flaky', 'special'])}[5m])`,
  (random, depth) => `quantile_over_time(${randomScalar(random, 0)}, ${randomRange(random, depth)})`,
  (random, depth) => `predict_linear(${randomRange(random, depth, false)}, ${random.below(600)})`,
  (random, depth) => randomAggregation(random, randomVector(random, depth)),
  (random, depth) => randomAggregation(random, randomVector(random, depth)),
  (random) =>
    `${random.pick(['topk', 'bottomk'])}${randomGrouping(random)}(${1 + random.below(4)}, ${random.pick(DISTINCT)})`,
  (random, depth) => `quantile${randomGrouping(random)}(0.${random.below(100)}, ${randomVector(random, depth)})`,
  (random) =>
    `count_values${random.pick(['', ' by (instance) ', ' by (version, job) ', ' without (job) '])}("v", ${random.pick(['up', 'queue', 'info', 'changes(up[5m])'])})`,
  (random, depth) => `histogram_quantile(0.${random.below(100)}, ${randomHistogram(random, depth)})`,
  (random, depth) => randomVectorBinary(random, depth),
  (random, depth) => randomVectorBinary(random, depth),
  (random, depth) => randomScalarBinary(random, depth),
  (random, depth) => `-${randomVector(random, depth)}`,
  (random, depth) => `(${randomVector(random, depth)})`,
  (random, depth) => `clamp(${randomVector(random, depth)}, ${random.below(10)}, ${random.below(100)})`,
  (random, depth) =>
    `${random.pick(['clamp_min', 'clamp_max'])}(${randomVector(random, depth)}, ${randomScalar(random, 1)})`,
  // Steps would turn a difference in the last digit into a large one: only of samples as they are.
  (random) => `round(${randomSelector(random)}, ${random.pick(['0.1', '5', '3'])})`,
  (random) => `${random.pick(['ceil', 'floor', 'round', 'sgn'])}(${randomSelector(random)})`,
  (random, depth) => `absent(${randomVector(random, depth)})`,
  (random, depth) => `sort(${randomVector(random, depth)})`,
  (random) => `timestamp(${random.pick(METRICS)}${random.pick(['', ' offset 2m', ' @ 1700001003.95'])})`,
  (random, depth) => `timestamp(${randomVector(random, depth)} + 0)`,
  (random, depth) => `vector(${randomScalar(random, depth)})`,
  (random, depth) =>
    `label_replace(${randomVector(random, depth)}, "${random.pick(['new', 'path'])}", "x$1-$2", "instance", "(.*):(.*)")`,
  (random, depth) => `label_join(${randomVector(random, depth)}, "new", "-", "instance", "${random.pick(LABELS)}")`,
]

export function randomScalar(random: Random, depth: number): string {
  if (depth <= 0 || random.chance(0.5)) return random.pick(['1', '0.5', '2', '-3', '100', '0', '0.9', '1e3', 'pi()'])
  const inner = () => randomScalar(random, depth - 1)
  switch (random.below(4)) {
    case 0:
      return `scalar(${randomAggregation(random, randomVector(random, depth - 1))})`
    case 1:
      return `(${inner()} ${random.pick(['+', '-', '*', '/', '%', '^', 'atan2', '> bool', '== bool'])} ${inner()})`
    case 2:
      return 'time()'
    default:
      return `-(${inner()})`
  }
}

function randomRange(random: Random, depth: number, mayPin = true): string {
  if (depth <= 0 || random.chance(0.6))
    return `${random.pick(METRICS)}[${random.pick(RANGES)}]${randomShift(random, mayPin)}`
  const step = random.pick(['', '13s', '20s', '1m'])
  return `(${withoutSubquery(random, depth)})[${random.pick(RANGES)}:${step}]${randomShift(random, mayPin)}`
}

/** Within a subquery times are whole seconds; a second one would look at windows whose ends they hit. */
function withoutSubquery(random: Random, depth: number): string {
  for (;;) {
    const vector = randomVector(random, Math.min(depth, 2))
    if (!/\[\w+:/.test(vector)) return vector
  }
}

function randomSelector(random: Random): string {
  return `${random.pick(METRICS)}${randomShift(random)}`
}

function randomShift(random: Random, mayPin = true): string {
  const offset = random.chance(0.12) ? ` offset ${random.pick(['1m', '90s', '6m', '-1m', '-20s'])}` : ''
  const at =
    mayPin && random.chance(0.08) ? ` @ ${random.pick(['1700001003.95', '1700001207.95', 'start()', 'end()'])}` : ''
  return random.chance(0.5) ? at + offset : offset + at
}

function randomLabels(random: Random): string {
  return `(${LABELS.filter(() => random.chance(0.3)).join(', ')})`
}

function randomGrouping(random: Random): string {
  const keyword = random.pick(['', ' by ', ' without '])
  return keyword === '' ? '' : `${keyword}${randomLabels(random)} `
}

function randomAggregation(random: Random, vector: string): string {
  return `${random.pick(AGGREGATORS)}${randomGrouping(random)}(${vector})`
}

function randomHistogram(random: Random, depth: number): string {
  if (random.chance(0.1)) return randomVector(random, depth)
  const rate = `${random.pick(['rate', 'increase'])}(latency_seconds_bucket[${random.pick(RANGES)}])`
  return random.pick(['latency_seconds_bucket', rate, `sum by (le) (${rate})`, `sum without (instance) (${rate})`])
}

function randomVectorBinary(random: Random, depth: number): string {
  const left = randomVector(random, depth)
  const right = random.chance(0.4) ? left : randomVector(random, depth)
  if (random.chance(0.3)) {
    const matching = random.chance(0.5) ? ` ${random.pick(['on', 'ignoring'])}${randomLabels(random)}` : ''
    return `(${left}) ${random.pick(['and', 'or', 'unless'])}${matching} (${right})`
  }
  const operator = random.pick(['+', '-', '*', '/', '%', '^', '> bool', '<= bool', '!= bool'])
  if (random.chance(0.4)) {
    const one = `sum by (instance) (${right})`
    const group = random.pick(['group_left()', 'group_left(job)'])
    return random.chance(0.5)
      ? `(${left}) ${operator} on(instance) ${group} ${one}`
      : `${one} ${operator} on(instance) ${group.replace('left', 'right')} (${left})`
  }
  const matching = random.chance(0.3) ? ` ${random.pick(['on', 'ignoring'])}${randomLabels(random)}` : ''
  return `(${left}) ${operator}${matching} (${right})`
}

function randomScalarBinary(random: Random, depth: number): string {
  const operator = random.pick(['+', '-', '*', '/', '%', '^', '>', '<=', '==', '> bool', '!= bool'])
  const sides = [`(${randomVector(random, depth)})`, randomScalar(random, 1)]
  if (random.chance(0.3)) sides.reverse()
  return `${sides[0]} ${operator} ${sides[1]}`
}
