// What a script of the presenter is: steps that say something, show a view, and may do something. A test holds each script to it.
import { z } from 'zod'

const place = z.string().min(1).max(64)
const Value = z.union([z.string(), z.number(), z.boolean()])

export const StepAction = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('inject'),
    fault: z.string().min(1),
    target: place.optional(),
    from: place.optional(),
    to: place.optional(),
    parameters: z.record(z.string(), Value).default({}),
    forS: z.number().min(1).max(3600),
  }),
  z.strictObject({
    do: z.literal('policies'),
    changes: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          value: Value,
          caller: place.optional(),
          callee: place.optional(),
          kind: place.optional(),
        }),
      )
      .min(1),
  }),
  z.strictObject({ do: z.literal('load'), requestsPerSecond: z.number().min(0).max(2000) }),
  /** Ends every fault and puts every policy back. */
  z.strictObject({ do: z.literal('restore') }),
])
export type StepAction = z.infer<typeof StepAction>

export const Step = z.strictObject({
  title: z.string().min(1).max(60),
  /** Markdown, as it is to be said: two or three sentences. */
  say: z.string().min(1).max(420),
  /** Path of a view. `{{trace}}` in it stands for the newest trace of a checkout, see newest-trace.ts. */
  show: z.string().startsWith('/'),
  action: StepAction.optional(),
  /** On the button of the action. */
  button: z.string().max(40).optional(),
})
export type Step = z.infer<typeof Step>

export const Script = z.strictObject({
  id: z.string().regex(/^[a-z-]+$/),
  title: z.string().min(1).max(60),
  /** For whom, and what it shows. */
  about: z.string().min(1).max(240),
  minutes: z.number().int().min(1).max(30),
  /** It needs the cluster in this size at least. */
  size: z.enum(['small', 'full']),
  steps: z.array(Step).min(3).max(20),
})
export type Script = z.infer<typeof Script>
