// What there is to scrape, in the form of Prometheus's HTTP service discovery: https://prometheus.io/docs/prometheus/latest/http_sd/
import { z } from 'zod'
import type { Registry } from './registry.ts'

const JOB = 'faultline'

export const TargetGroup = z.object({
  /** `host:port`; the metrics are at `/metrics`. */
  targets: z.array(z.string()),
  /** `job` is the same for all; `service` is the kind of node, `instance` the node. */
  labels: z.object({ job: z.literal(JOB), service: z.string(), instance: z.string(), region: z.string() }),
})
export type TargetGroup = z.infer<typeof TargetGroup>

/** Something that is scraped and has no control stream: the telemetry backend, the control plane itself. */
export type OtherTarget = { id: string; kind: string; region: string; address: string }

/**
 * Every node that has joined and is to stay, whether it is there or not: one that died has `up == 0`. One that is only starting, or is
 * told to leave, is no failure to be measured.
 */
export function scrapeTargets(registry: Registry, others: readonly OtherTarget[]): TargetGroup[] {
  const nodes = registry
    .all()
    .filter(({ joined, draining }) => joined && !draining)
    .map(({ node, host, port }) => ({ ...node, address: `${host}:${port}` }))
  return [...nodes, ...others].map(({ id, kind, region, address }) => ({
    targets: [address],
    labels: { job: JOB, service: kind, instance: id, region },
  }))
}
