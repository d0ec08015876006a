// What `top` shows of every service, asked in PromQL alone, so that any Prometheus that scrapes the nodes can answer.
import { type Prometheus, parseSampleValue } from './prometheus.ts'

export type ServiceFigures = {
  service: string
  readyInstances: number
  instances: number
  /** Requests, messages or journeys a second. Undefined here and below: nothing is known. */
  perSecond: number | undefined
  /** Share of them that failed, from 0 to 1. */
  errorShare: number | undefined
  /** Seconds. */
  p50S: number | undefined
  p95S: number | undefined
  /** Utilisation of the event loop of the busiest instance, from 0 to 1. */
  loopShare: number | undefined
  /** Cores that the busiest instance uses. */
  cpuCores: number | undefined
}

export type ClusterFigures = {
  services: ServiceFigures[]
  firingAlerts: number
}

/** What a service does, told by the first of these that it has; the load generator is measured as its customers see the shop. */
const work = [
  { seconds: 'http_server_request_duration_seconds', failed: 'http_response_status_code=~"5.."' },
  { seconds: 'faultline_queue_process_duration_seconds', failed: 'outcome="failed"' },
  { seconds: 'load_request_duration_seconds', failed: 'outcome=~"error|wrong"' },
] as const

/** @param window of the rates, a PromQL duration: several scrapes long */
function queriesOver(window: string) {
  const first = (queryOf: (kind: (typeof work)[number]) => string) => work.map(queryOf).join(' or ')
  const quantile = (share: number) =>
    first(({ seconds }) => `histogram_quantile(${share}, sum by (service, le) (rate(${seconds}_bucket[${window}])))`)
  return {
    instances: 'count by (service) (up)',
    // Nodes tell whether they are ready; whatever else is scraped is ready when it answers.
    readyInstances: 'sum by (service) (faultline_node_ready or up)',
    perSecond: first(({ seconds }) => `sum by (service) (rate(${seconds}_count[${window}]))`),
    failedPerSecond: first(({ seconds, failed }) => `sum by (service) (rate(${seconds}_count{${failed}}[${window}]))`),
    p50S: quantile(0.5),
    p95S: quantile(0.95),
    loopShare: `max by (service) (avg_over_time(nodejs_eventloop_utilization_ratio[${window}]))`,
    cpuCores: `max by (service) (rate(process_cpu_seconds_total[${window}]))`,
  }
}

/** All figures as of now, by the services that are scraped. Throws as the client does. */
export async function readFigures(prometheus: Prometheus, window: string): Promise<ClusterFigures> {
  const queries = queriesOver(window)
  const valuesOf = (query: string) => readByService(prometheus, query)
  const [instances, ready, perSecond, failed, p50S, p95S, loop, cpu, firing] = await Promise.all([
    valuesOf(queries.instances),
    valuesOf(queries.readyInstances),
    valuesOf(queries.perSecond),
    valuesOf(queries.failedPerSecond),
    valuesOf(queries.p50S),
    valuesOf(queries.p95S),
    valuesOf(queries.loopShare),
    valuesOf(queries.cpuCores),
    valuesOf('count(ALERTS{alertstate="firing"})'),
  ])
  const services = [...instances].map(([service, count]): ServiceFigures => {
    const rate = perSecond.get(service)
    return {
      service,
      instances: count,
      readyInstances: ready.get(service) ?? 0,
      perSecond: rate,
      errorShare: rate ? (failed.get(service) ?? 0) / rate : undefined,
      p50S: p50S.get(service),
      p95S: p95S.get(service),
      loopShare: loop.get(service),
      cpuCores: cpu.get(service),
    }
  })
  return { services, firingAlerts: firing.get('') ?? 0 }
}

/** Without what is no number: the quantile of no requests. */
async function readByService(prometheus: Prometheus, query: string): Promise<Map<string, number>> {
  const { data } = await prometheus.query(query)
  const values = new Map<string, number>()
  if (data.resultType !== 'vector') return values
  for (const { metric, value } of data.result) {
    const number = value ? parseSampleValue(value[1]) : Number.NaN
    if (!Number.isNaN(number)) values.set(metric['service'] ?? '', number)
  }
  return values
}
