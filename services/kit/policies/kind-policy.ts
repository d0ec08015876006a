// The live settings of a kind of node, as its code asks for them: `policy().idempotency`.
import type { z } from 'zod'
import { kindSettings } from './catalogue.ts'
import { defaultsOf, schemaOf } from './setting.ts'

export const KindPolicy = schemaOf(kindSettings)
export type KindPolicy = z.infer<typeof KindPolicy>

export const defaultKindPolicy: KindPolicy = defaultsOf(kindSettings)

/** The policy at this moment: ask each time, for it may change at any. Costs nothing. */
export type LivePolicy = () => KindPolicy

/** For what is not part of a cluster: tests, tools. */
export const defaultLivePolicy: LivePolicy = () => defaultKindPolicy

type Overrides = { policy: { [K in keyof KindPolicy]?: KindPolicy[K] | undefined } }

/** Follows the overrides of the control document. */
export function followPolicy(control: {
  document(): Overrides
  onChange(listener: (document: Overrides) => void): unknown
}): LivePolicy {
  let current = merged(control.document())
  control.onChange((document) => {
    current = merged(document)
  })
  return () => current
}

function merged({ policy }: Overrides): KindPolicy {
  // Not a spread: JSON has no undefined members, and only this form's type says so.
  return Object.assign({}, defaultKindPolicy, policy)
}
