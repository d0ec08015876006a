// Policies over the control plane: what can be set, what is in force, and changes of it. A control plane without them is no failure.
import { ApiError, getJson, sendJson } from '../shell/api.ts'

export type PolicyValue = number | boolean | string

export type PolicySpec = {
  name: string
  scope: 'call' | 'kind' | 'cluster'
  topic: string
  does: string
  cures: readonly string[]
  kinds?: readonly string[]
  type: 'number' | 'switch' | 'choice'
  unit?: string
  min?: number
  max?: number
  whole?: boolean
  choices?: readonly string[]
  /** In words: what a value must be. */
  range: string
  default: PolicyValue
}

type InForce = {
  values: Record<string, PolicyValue>
  defaults: Record<string, PolicyValue>
  changed: readonly string[]
}

export type Policies = {
  catalogue: readonly PolicySpec[]
  calls: readonly (InForce & { caller: string; callee: string })[]
  kinds: readonly (InForce & { kind: string })[]
  cluster: InForce
}

/** Where a value is set; nothing named means everywhere. */
export type PolicyTarget = { caller?: string; callee?: string; kind?: string }

export type PolicyOutcome = {
  changed: readonly { name: string; value: PolicyValue; before: PolicyValue }[]
  applied: boolean
}

export async function getPolicies(signal: AbortSignal): Promise<Policies | undefined> {
  try {
    return await getJson<Policies>('/control/v1/policies', { signal })
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

export function setPolicy(name: string, value: PolicyValue, target: PolicyTarget): Promise<PolicyOutcome> {
  return sendJson('PUT', '/control/v1/policies', { changes: [{ name, value, ...target }] })
}

/** Everything back to its default. */
export function resetPolicies(): Promise<PolicyOutcome> {
  return sendJson('DELETE', '/control/v1/policies')
}

export function resetPolicy(name: string, target: PolicyTarget): Promise<PolicyOutcome> {
  const search = new URLSearchParams(target as Record<string, string>)
  return sendJson('DELETE', `/control/v1/policies/${encodeURIComponent(name)}${search.size > 0 ? `?${search}` : ''}`)
}
