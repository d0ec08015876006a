// A narrower view of the control document for a caller that shall see only some replicas of its callee, for instance one region's.
import type { ControlDocument, Endpoint } from '../control/document.ts'
import type { BalancedCallerDeps } from './balanced-caller.ts'

export type LiveControl = BalancedCallerDeps['control']

export type EndpointView = LiveControl & {
  /** Selects anew and tells the listeners: for when what `select` goes by has changed, and the document has not. */
  reselect(): void
}

/** The live document with the endpoints of `callee` that `select` returns. */
export function selectEndpoints(
  control: LiveControl,
  callee: string,
  select: (endpoints: Endpoint[]) => Endpoint[],
): EndpointView {
  const listeners = new Set<(document: ControlDocument) => void>()
  const narrow = (document: ControlDocument): ControlDocument => ({
    ...document,
    endpoints: { ...document.endpoints, [callee]: select(document.endpoints[callee] ?? []) },
  })
  const tell = () => {
    const document = narrow(control.document())
    for (const listener of listeners) listener(document)
  }
  control.onChange(tell)
  return {
    document: () => narrow(control.document()),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reselect: tell,
  }
}
