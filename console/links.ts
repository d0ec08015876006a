// Addresses within the console, made in one place, so that a view that moves is found again.

/** Searches the traces of a service, of one node of it where that is named. */
export function tracesPath({ service, instance, tags = {}, minDuration }: TraceSearch): string {
  const search = new URLSearchParams({ service })
  const all = { ...tags, ...(instance ? { 'service.instance.id': instance } : {}) }
  if (Object.keys(all).length > 0)
    search.set(
      'tags',
      Object.entries(all)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    )
  if (minDuration) search.set('minDuration', minDuration)
  return `/traces?${search}`
}

export type TraceSearch = { service: string; instance?: string; tags?: Record<string, string>; minDuration?: string }

export function tracePath(traceId: string): string {
  return `/traces/${traceId}`
}

export function dashboardPath(uid: string, variables: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(variables).map(([name, value]) => [`var-${name}`, value]))
  return `/dashboards/${uid}${search.size > 0 ? `?${search}` : ''}`
}

export function servicePath(service: string): string {
  return dashboardPath('faultline-service', { service })
}

export function queryPath(expr: string): string {
  return `/query?${new URLSearchParams({ expr })}`
}

/** The switchboard, with a fault and its target filled in. */
export function faultsPath(chosen: { fault?: string; target?: string; from?: string; to?: string }): string {
  const search = new URLSearchParams(
    Object.entries(chosen).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  return `/faults${search.size > 0 ? `?${search}` : ''}`
}

/** The board of policies, at one of them. */
export function policyPath(policy: string): string {
  return `/faults?${new URLSearchParams({ tab: 'policies', policy })}`
}
