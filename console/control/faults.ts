// Faults over the control plane: the catalogue, what is active, injecting and clearing. A control plane without faults is no failure.
import { ApiError, getJson, sendJson } from '../shell/api.ts'

/** The parts of JSON Schema that parameters are described by. */
export type ValueSchema = {
  type?: string | readonly string[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  enum?: readonly unknown[]
  default?: unknown
  description?: string
}

export type ParameterInfo = { name: string; description: string; schema: ValueSchema; default: unknown }

export type Remedy = {
  /** In a few words: `timeoutMs 300`, or a measure that the shop has no switch for. */
  name: string
  why: string
  /** Live settings that belong to it. */
  policies: readonly string[]
  /** What to type to apply it; none for a measure. */
  commands: readonly string[]
}

export type FaultInfo = {
  id: string
  term: string
  layer: string
  targets: readonly string[]
  /** Database servers that it acts on, where it is a fault of one. */
  databases: readonly string[]
  description: string
  parameters: readonly ParameterInfo[]
  signature: { promql: string; alert: string | null }
  impact: { indicator: string | null; text: string }
  remedies: readonly Remedy[]
  redHerring: string
  example: Example | null
}

export type Example = { target?: string; from?: string; to?: string; parameters?: Record<string, unknown> }

export type ActiveFault = {
  id: string
  fault: string
  /** In words. */
  target: string
  from: string | null
  to: string | null
  parameters: Record<string, unknown>
  secret: boolean
  startedAt: string
  endsAt: string
  remainingS: number
  nodes: readonly string[]
}

export type Injection = {
  fault: string
  target?: string
  from?: string
  to?: string
  parameters: Record<string, string | number | boolean>
  forS: number
}

/** Undefined when this control plane knows no faults. */
export async function getCatalogue(signal: AbortSignal): Promise<readonly FaultInfo[] | undefined> {
  const answer = await orUndefined(getJson<{ faults: FaultInfo[] }>('/control/v1/faults/catalogue', { signal }))
  return answer?.faults
}

/** Undefined when this control plane knows no faults. */
export async function getActiveFaults(signal: AbortSignal): Promise<readonly ActiveFault[] | undefined> {
  return (await orUndefined(getJson<{ faults: ActiveFault[] }>('/control/v1/faults', { signal })))?.faults
}

export function injectFault(injection: Injection): Promise<ActiveFault & { applied: boolean }> {
  return sendJson('POST', '/control/v1/faults', injection)
}

/** One injection, or all of them. */
export function clearFaults(id?: string): Promise<{ cleared: string[]; applied: boolean }> {
  return sendJson('DELETE', id === undefined ? '/control/v1/faults' : `/control/v1/faults/${encodeURIComponent(id)}`)
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}
