// A running cluster as the contract of faults needs it, over its HTTP APIs alone: the control plane's, Prometheus's and Jaeger's.
import { z } from 'zod'
import type { Affected, Injection } from '../fault.ts'
import type { PolicyPlace, PolicyValue } from '../remedy.ts'
import type { Trace, TraceSpan } from '../trace.ts'

export type LabUrls = { control: string; prometheus: string; jaeger: string; token: string }

const Node = z.object({ id: z.string(), kind: z.string(), region: z.string(), role: z.string(), ready: z.boolean() })
export type LabNode = z.infer<typeof Node>

const Status = z.object({ nodes: z.array(Node) })
const Injected = z.object({ id: z.string(), applied: z.boolean() })
const Sample = z.tuple([z.number(), z.string()])
const Answer = z.object({ data: z.object({ result: z.array(z.object({ value: Sample })) }) })
const RangeAnswer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Sample) })),
  }),
})
const Alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })) }),
})
const Tag = z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })
const Traces = z.object({
  data: z
    .array(
      z.object({
        traceID: z.string(),
        spans: z.array(
          z.object({
            spanID: z.string(),
            operationName: z.string(),
            references: z.array(z.object({ spanID: z.string(), traceID: z.string() })),
            startTime: z.number(),
            duration: z.number(),
            tags: z.array(Tag),
            processID: z.string(),
          }),
        ),
        processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(Tag).default([]) })),
      }),
    )
    .nullable(),
})

export type PolicySetting = PolicyPlace & { name: string; value: PolicyValue }
export type RangeSeries = { labels: Record<string, string>; timesS: number[] }

export type Lab = {
  nodes(): Promise<LabNode[]>
  /** Rejects with the control plane's own words when it refuses. */
  inject(fault: string, injection: Injection, forS: number): Promise<string>
  clear(id: string): Promise<void>
  clearAll(): Promise<void>
  setLoad(requestsPerSecond: number): Promise<void>
  /** Rejects when a policy, its value or its place is refused. */
  setPolicies(changes: readonly PolicySetting[]): Promise<void>
  resetPolicies(): Promise<void>
  /** Answers when the replicas are there, or gone. */
  scale(kind: string, replicas: number): Promise<void>
  /** How many series the expression has at present. */
  query(promql: string): Promise<number>
  /** Of its first series; null when it has none, or one that is not a number. */
  value(promql: string): Promise<number | null>
  /** Series over a span of time, with the seconds since the epoch at which each has a value. */
  range(promql: string, startS: number, endS: number): Promise<RangeSeries[]>
  /** Names of the alerts that fire. */
  firing(): Promise<Set<string>>
  traces(parameters: Record<string, string>): Promise<Trace[]>
}

export function openLab({ control, prometheus, jaeger, token }: LabUrls): Lab {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${control}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    return JSON.parse(text) as unknown
  }
  const get = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(20_000) })).json()
  const instant = async (promql: string) =>
    Answer.parse(await get(`${prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`)).data.result
  return {
    nodes: async () => Status.parse(await ask('GET', '/v1/status')).nodes,
    inject: async (fault, injection, forS) =>
      Injected.parse(await ask('POST', '/v1/faults', { fault, ...injection, forS })).id,
    clear: async (id) => void (await ask('DELETE', `/v1/faults/${id}`)),
    clearAll: async () => void (await ask('DELETE', '/v1/faults')),
    setLoad: async (requestsPerSecond) => void (await ask('PUT', '/v1/load', { requestsPerSecond })),
    setPolicies: async (changes) => {
      if (changes.length > 0) await ask('PUT', '/v1/policies', { changes })
    },
    resetPolicies: async () => void (await ask('DELETE', '/v1/policies')),
    scale: async (kind, replicas) => void (await ask('PUT', '/v1/scale', { kind, replicas })),
    query: async (promql) => (await instant(promql)).length,
    value: async (promql) => {
      const [first] = await instant(promql)
      const value = Number(first?.value[1] ?? Number.NaN)
      return Number.isFinite(value) ? value : null
    },
    range: async (promql, startS, endS) => {
      const parameters = new URLSearchParams({ query: promql, start: String(startS), end: String(endS), step: '1' })
      const { data } = RangeAnswer.parse(await get(`${prometheus}/api/v1/query_range?${parameters}`))
      return data.result.map(({ metric, values }) => ({ labels: metric, timesS: values.map(([atS]) => atS) }))
    },
    firing: async () => {
      const { alerts } = Alerts.parse(await get(`${prometheus}/api/v1/alerts`)).data
      return new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''))
    },
    traces: async (parameters) => {
      const { data } = Traces.parse(await get(`${jaeger}/api/traces?${new URLSearchParams(parameters)}`))
      return (data ?? []).map(toTrace)
    },
  }
}

/** Whom an injection of the fault concerns, by the nodes that there are. */
export function affectedBy({ target, from, to }: Injection, nodes: readonly LabNode[]): Affected {
  const at = (place: string | undefined) =>
    nodes.filter(({ id, kind, region }) => place !== undefined && (id === place || kind === place || region === place))
  const names = (some: readonly LabNode[]) => some.map(({ id }) => id)
  const kinds = (some: readonly LabNode[]) => [...new Set(some.map(({ kind }) => kind))]
  const everybody = nodes.filter(({ role }) => role === 'node')
  const sources = at(from ?? target)
  const ends = to === undefined ? everybody : at(to)
  const concerned = target === undefined ? [...sources, ...ends] : sources
  return {
    nodes: names(concerned),
    kinds: kinds(concerned),
    from: names(sources),
    to: to === undefined ? [] : names(ends),
    fromKinds: kinds(sources),
    toKinds: kinds(ends),
  }
}

function toTrace({ traceID, spans, processes }: NonNullable<z.infer<typeof Traces>['data']>[number]): Trace {
  return {
    id: traceID,
    spans: spans.map((span): TraceSpan => {
      const process = processes[span.processID]
      const resource = toRecord(process?.tags ?? [])
      const tags = toRecord(span.tags)
      return {
        id: span.spanID,
        name: span.operationName,
        parentId: span.references.find((reference) => reference.traceID === traceID)?.spanID,
        kind: String(tags['span.kind'] ?? 'internal'),
        service: process?.serviceName ?? '',
        node: String(resource['service.instance.id'] ?? ''),
        region: String(resource['cloud.region'] ?? ''),
        version: String(resource['service.version'] ?? ''),
        tags,
        startUs: span.startTime,
        durationUs: span.duration,
      }
    }),
  }
}

function toRecord(tags: readonly z.infer<typeof Tag>[]): Record<string, string | number | boolean> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}
