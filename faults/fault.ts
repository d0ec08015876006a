// What a fault is: data that the control plane, the command line, the console, the lessons and the tests all read.
// It does nothing by itself; where and how it acts stands in points.ts.
import type { z } from 'zod'
import type { Indicator } from './indicators.ts'
import type { Acts } from './points.ts'
import type { PolicyPlace, PolicyValue, Remedy, Replicas } from './remedy.ts'
import type { Trace } from './trace.ts'

export const layers = ['network', 'node', 'app', 'data', 'client', 'deploy', 'telemetry'] as const
export type Layer = (typeof layers)[number]

/**
 * `node`: one node. `kind`: all nodes of a kind. `region`: all of a region. `database`: a PostgreSQL server. `link`: one way between two
 * of these. `regions`: one way between two regions. `cluster`: no target at all. For a network fault, a target that is no link means all
 * links between it and everybody else, both ways.
 */
export const targetKinds = ['node', 'kind', 'region', 'database', 'link', 'regions', 'cluster'] as const
export type TargetKind = (typeof targetKinds)[number]

/** Whom an injection concerns, as names of nodes. For a link `from` and `to`; otherwise both ends are the target and `to` is everybody. */
export type Affected = {
  nodes: readonly string[]
  /** Kinds of these nodes. */
  kinds: readonly string[]
  from: readonly string[]
  to: readonly string[]
  /** Kinds of the nodes in `from`: whose client spans to look at. */
  fromKinds: readonly string[]
  toKinds: readonly string[]
}

export type Signature = {
  /** What the expression asks, in a few words. */
  gist: string
  /** Holds (has a result) while the fault is active, and never in a healthy cluster. */
  promql: string
  trace: {
    /** Parameters of Jaeger's search, beside `start`, `end` and `limit`. `service` is asked one by one. */
    search: (affected: Affected) => { services: readonly string[] } & Record<string, string | readonly string[]>
    /** Whether the trace shows the fault. */
    holds: (trace: Trace, affected: Affected) => boolean
  }
  /** The alert that it sets off at the default parameters, by name; null where none is to be expected. */
  alert: string | null
  /** The alert looks back over minutes by itself, so that it goes on when the fault is long gone. */
  alertLingers?: boolean
}

/** Names and values as the API and the command line take them. */
export type Injection = {
  target?: string
  from?: string
  to?: string
  parameters?: Record<string, unknown>
}

/** How the impact is measured: the example is injected into a shop without any of the remedies, and then each is applied alone. */
export type Experiment = {
  /** The cluster that it takes; `small` when omitted. */
  size?: 'small' | 'full'
  /** In place of the example. */
  injection?: Injection
  /** What the shop has with and without a remedy, for instance a second replica that a hedge may go to. */
  given?: { replicas?: Replicas; policies?: readonly (PolicyPlace & { policy: string; value: PolicyValue })[] }
  /**
   * The fault does its harm when it begins, so that it is injected anew for each remedy: `before` when the remedy is there before it,
   * `after` when it has to bring the shop back. When omitted, remedies are switched while the fault goes on.
   */
  anew?: 'before' | 'after'
  /** Until a change has its full effect; 5 when omitted. */
  settleS?: number
}

export type Fault<P extends z.ZodObject = z.ZodObject> = {
  /** Kebab-case, as in `faultline fault inject latency`. */
  id: string
  /** The field's own word for it. */
  term: string
  layer: Layer
  targets: readonly TargetKind[]
  /** A strict object; units stand in the names, ranges in the schemas, all have defaults and descriptions. */
  parameters: P
  /** Two or three sentences: what happens, and how real it is. */
  description: string
  acts: Acts<z.infer<P>>
  /** What everybody sees of its beginning and its end, for it is a roll-out: a change marker, also when it is secret. */
  rollout?: (parameters: z.infer<P>) => string
  /** For a network fault on a link: whether it acts the other way, too. One way when omitted. */
  bothWays?: (parameters: z.infer<P>) => boolean
  signature: Signature
  impact: {
    /** The customers' indicator that degrades; null when they notice nothing, with or without a remedy. */
    indicator: Indicator | null
    text: string
  }
  remedies: readonly Remedy[]
  /** When omitted, the example for the small cluster is measured as it is. */
  experiment?: Experiment
  /** The symptom elsewhere that a novice would blame. */
  redHerring: string
  /** Injections that show it well: in a cluster of one region and of three. */
  example: { small: Injection | null; full: Injection }
}

/**
 * Checks the types of one fault, and forgets that of its parameters: whoever injects it parses them with its schema first, so that
 * its decisions get what they were written for.
 */
export function defineFault<P extends z.ZodObject>(fault: Fault<P>): Fault {
  return fault as unknown as Fault
}
