// Who comes to the shop and what they do there: data, read when the node starts.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Region } from '../kit/control/document.ts'
import { DeclineReason } from '../payments/contract.ts'
import defaultJourneys from './journeys.json' with { type: 'json' }

export const stepNames = [
  'home',
  'categories',
  'browse',
  'search',
  'product',
  'image',
  'recommendations',
  'signUp',
  'logIn',
  'addToBasket',
  'viewBasket',
  'removeFromBasket',
  'checkout',
  'repeatCheckout',
  'order',
  'orders',
  'stockAfterOrder',
] as const
export type StepName = (typeof stepNames)[number]

const Weight = z.number().min(0).max(1_000_000)
const rising = (range: readonly number[]) => (range[0] ?? 0) <= (range[1] ?? 0)
const ThinkMs = z
  .tuple([z.number().min(0).max(600_000), z.number().min(0).max(600_000)])
  .refine(rising, 'must be [least, most]')
const Quantity = z.tuple([z.int().min(1).max(20), z.int().min(1).max(20)]).refine(rising, 'must be [least, most]')

export const Step = z.strictObject({
  do: z.enum(stepNames),
  /** Pause before the step, uniform between the two, in ms; the journey's, then the file's when omitted. */
  thinkMs: ThinkMs.optional(),
  /** For `addToBasket`. */
  quantity: Quantity.optional(),
})
export type Step = z.infer<typeof Step>

export const Journey = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a name such as sign-up'),
  /** Share among the journeys; 0 never happens. */
  weight: Weight,
  thinkMs: ThinkMs.optional(),
  steps: z.array(Step).min(1).max(50),
})
export type Journey = z.infer<typeof Journey>

export const TestCard = z.strictObject({
  number: z.string().regex(/^\d{12,19}$/),
  weight: Weight,
  /** What the shop must answer to it. */
  outcome: z.enum(['accepted', ...DeclineReason.options]),
  expiryYear: z.int().min(2000).max(2100).default(2099),
})
export type TestCard = z.infer<typeof TestCard>

export const Journeys = z
  .strictObject({
    /** Share of customers by region. */
    regions: z.record(Region, Weight),
    thinkMs: ThinkMs,
    /** Share of customers who come back with the session of their last visit. */
    rememberSessions: z.number().min(0).max(1),
    /** The journey that is begun first of all, whatever its weight. */
    opening: z.string().optional(),
    /** Words that products' names hold. */
    searches: z.array(z.string().min(3).max(40)).min(1).max(500),
    cards: z.array(TestCard).min(1).max(50),
    journeys: z.array(Journey).min(1).max(50),
  })
  .refine((file) => Object.values(file.regions).some((weight) => weight > 0), 'no region has a weight')
  .refine((file) => file.cards.some(({ weight }) => weight > 0), 'no card has a weight')
  .refine((file) => file.journeys.some(({ weight }) => weight > 0), 'no journey has a weight')
  .refine(
    (file) => new Set(file.journeys.map(({ name }) => name)).size === file.journeys.length,
    'a journey is there twice',
  )
  .refine(
    ({ opening, journeys }) => opening === undefined || journeys.some(({ name }) => name === opening),
    'the opening journey is not one of the journeys',
  )
export type Journeys = z.infer<typeof Journeys>

/** The file's journeys, or the built-in ones. Throws an `Error` that names the file and what is wrong with it. */
export function readJourneys(file: string | undefined): Journeys {
  if (file === undefined) return Journeys.parse(defaultJourneys)
  try {
    return Journeys.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the journeys in ${file} can't be used: ${why}`, { cause })
  }
}
