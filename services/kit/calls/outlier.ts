// Outlier ejection: a replica that fails several times in a row is left out for a while, longer each time. Pure.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier

export type OutlierState = {
  consecutiveFailures: number
  /** How often it was ejected since it last behaved. */
  ejections: number
  ejectedUntilMs: number
}

export type OutlierPolicy = {
  outlierEjection: boolean
  ejectAfter: number
  ejectForMs: number
  maxEjectedShare: number
}

export const healthy: OutlierState = { consecutiveFailures: 0, ejections: 0, ejectedUntilMs: 0 }

/** Ejection times stop growing here, so that a cured replica is found out within a bearable time. */
const maxGrowth = 10

export function isEjected(state: OutlierState, nowMs: number): boolean {
  return nowMs < state.ejectedUntilMs
}

/** The n-th ejection in a row lasts n times as long as the first, up to ten times. */
export function ejectionMs(ejections: number, policy: OutlierPolicy): number {
  return policy.ejectForMs * Math.min(ejections, maxGrowth)
}

/** A success ends the row of failures; one that comes long enough after the last ejection clears the record. */
export function afterSuccess(state: OutlierState, policy: OutlierPolicy, nowMs: number): OutlierState {
  if (state.consecutiveFailures === 0 && state.ejections === 0) return state
  const goodForMs = nowMs - state.ejectedUntilMs
  if (goodForMs >= ejectionMs(state.ejections, policy)) return healthy
  return { ...state, consecutiveFailures: 0 }
}

/**
 * A failure ejects when it is the last of `ejectAfter` in a row and `mayEject` holds. The row is not cut by the ejection, so a
 * replica that fails again on its return is ejected again at once. Failures that come in while it is ejected say nothing new.
 */
export function afterFailure(
  state: OutlierState,
  policy: OutlierPolicy,
  nowMs: number,
  mayEject: boolean,
): OutlierState {
  if (isEjected(state, nowMs)) return state
  const consecutiveFailures = state.consecutiveFailures + 1
  if (!policy.outlierEjection || consecutiveFailures < policy.ejectAfter || !mayEject) {
    return { ...state, consecutiveFailures }
  }
  const ejections = state.ejections + 1
  return { consecutiveFailures, ejections, ejectedUntilMs: nowMs + ejectionMs(ejections, policy) }
}

/** Only a share of the replicas may be ejected at a time: the rest could not carry the load. */
export function mayEjectOneMore(ejected: number, replicas: number, policy: OutlierPolicy): boolean {
  return ejected + 1 <= replicas * policy.maxEjectedShare
}
