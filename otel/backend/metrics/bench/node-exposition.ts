// What a node of the shop exposes, made up: histograms by route and by callee with exemplars, counters, and gauges of the process.
// Values move from scrape to scrape as they do under a light load, so that what the store makes of them is realistic.

const ROUTES = [
  '/products',
  '/products/:productId',
  '/orders',
  '/orders/:orderId',
  '/cart',
  '/checkout',
  '/login',
  '/search',
]
const CALLEES = ['products-na', 'products-eu', 'orders-1', 'orders-2', 'users-1', 'recommendations-1']
const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
/** Of 46 gauges and counters of a process, these move as floats. */
const FLOAT_GAUGES = 12
const INTEGER_GAUGES = 34

/** A source of expositions, each a second after the one before. Seeded by the node's number. */
export class NodeExposition {
  private readonly random: () => number
  private readonly histograms: { name: string; labels: string; counts: number[]; sum: number; exemplar: string }[] = []
  private readonly gauges: { name: string; value: number; isFloat: boolean }[] = []
  private seconds = 1_700_000_000

  constructor(node: number) {
    this.random = seeded(node + 1)
    for (const route of ROUTES) {
      for (const status of ['200', '500']) {
        this.addHistogram(
          'http_server_request_duration_seconds',
          `http_route="${route}",http_request_method="GET",http_response_status_code="${status}"`,
        )
      }
    }
    for (const callee of CALLEES)
      this.addHistogram(
        'http_client_request_duration_seconds',
        `callee="${callee.replace(/-\w+$/, '')}",callee_instance="${callee}",outcome="ok"`,
      )
    for (let i = 0; i < FLOAT_GAUGES; i++) this.gauges.push({ name: `process_float_${i}`, value: 1, isFloat: true })
    for (let i = 0; i < INTEGER_GAUGES; i++)
      this.gauges.push({ name: `process_integer_${i}_bytes`, value: 1000 * i, isFloat: false })
  }

  /** The next exposition, in OpenMetrics. */
  next(): string {
    this.seconds++
    this.move()
    const lines: string[] = []
    let last = ''
    for (const { name, labels, counts, sum, exemplar } of this.histograms) {
      if (name !== last) lines.push(`# HELP ${name} Duration of requests.`, `# TYPE ${name} histogram`)
      last = name
      let total = 0
      for (const [i, le] of BUCKETS.entries()) {
        total += counts[i] ?? 0
        lines.push(`${name}_bucket{le="${le}",${labels}} ${total}${i === 4 ? exemplar : ''}`)
      }
      lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`)
    }
    for (const { name, value } of this.gauges)
      lines.push(`# HELP ${name} A gauge.`, `# TYPE ${name} gauge`, `${name} ${value}`)
    return `${lines.join('\n')}\n# EOF\n`
  }

  private addHistogram(name: string, labels: string): void {
    this.histograms.push({ name, labels, counts: BUCKETS.map(() => 0), sum: 0, exemplar: '' })
  }

  private move(): void {
    for (const [i, histogram] of this.histograms.entries()) {
      // Busy routes see some twenty requests a second, rare ones hardly any.
      const requests = Math.floor(this.random() * (40 / (1 + i)) + 0.3)
      for (let n = 0; n < requests; n++) {
        const seconds = 0.002 * Math.exp(this.random() * 5)
        const bucket = BUCKETS.findIndex((le) => le === '+Inf' || seconds <= Number(le))
        histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
        histogram.sum += seconds
        if (bucket === 4)
          histogram.exemplar = ` # {trace_id="${this.hex(32)}",span_id="${this.hex(16)}"} ${seconds} ${this.seconds}.5`
      }
    }
    for (const gauge of this.gauges) {
      if (gauge.isFloat) gauge.value = this.random()
      else if (this.random() < 0.3) gauge.value = Math.floor(gauge.value + this.random() * 4096)
    }
  }

  private hex(digits: number): string {
    let text = ''
    while (text.length < digits)
      text += Math.floor(this.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    return text.slice(0, digits)
  }
}

/** A small seeded generator (mulberry32): numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
