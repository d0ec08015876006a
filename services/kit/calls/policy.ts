// The live settings of calls from one caller to one callee; the control plane may change them at any time.
// What each of them is, and may be, stands in the catalogue of policies.
import type { z } from 'zod'
import { callSettings } from '../policies/catalogue.ts'
import { defaultsOf, schemaOf } from '../policies/setting.ts'

export const CallPolicy = schemaOf(callSettings)
export type CallPolicy = z.infer<typeof CallPolicy>

export const defaultPolicy: CallPolicy = defaultsOf(callSettings)
