// What a policy is, as data: its unit, its range, its default, what it does and what it cures. One description serves validation,
// the API, the command line and the documentation.
import { z } from 'zod'

type Described = {
  /** What it does, in a sentence or two. */
  does: string
  /** Faults that it reduces or, where the default cures nothing, that it shows; ids of the fault catalogue. */
  cures?: readonly string[]
  /** Kinds of node that heed it; all when omitted. Of settings of a kind only. */
  kinds?: readonly string[]
}

export type NumberSetting = Described & {
  type: 'number'
  /** For instance `ms`, or `requests/s`. */
  unit: string
  min: number
  max: number
  /** Whether it must be whole. */
  whole: boolean
  default: number
}
export type SwitchSetting = Described & { type: 'switch'; default: boolean }
export type ChoiceSetting<C extends string = string> = Described & {
  type: 'choice'
  choices: readonly C[]
  default: C
}
export type Setting = NumberSetting | SwitchSetting | ChoiceSetting

export type Settings = Readonly<Record<string, Setting>>

/** The type of a setting's value. */
export type ValueOf<S extends Setting> =
  S extends ChoiceSetting<infer C> ? C : S extends SwitchSetting ? boolean : number

export type ValuesOf<S extends Settings> = { [K in keyof S]: ValueOf<S[K]> }

type NumberOptions = Described & { unit: string; min: number; max: number; default: number }

export function whole(options: NumberOptions): NumberSetting {
  return { ...options, type: 'number', whole: true }
}

export function real(options: NumberOptions): NumberSetting {
  return { ...options, type: 'number', whole: false }
}

export function onOff(options: Described & { default: boolean }): SwitchSetting {
  return { ...options, type: 'switch' }
}

export function choice<const C extends string>(
  options: Described & { choices: readonly C[]; default: NoInfer<C> },
): ChoiceSetting<C> {
  return { ...options, type: 'choice' }
}

/** What a value may be, to follow "must be": `a whole number of ms from 1 to 60000`. */
export function describeRange(setting: Setting): string {
  switch (setting.type) {
    case 'number': {
      const { whole, unit, min, max } = setting
      return `a ${whole ? 'whole ' : ''}number of ${unit} from ${min} to ${max}`
    }
    case 'switch':
      return 'true (on) or false (off)'
    case 'choice':
      return `one of ${setting.choices.join(', ')}`
  }
}

function valueSchema(setting: Setting): z.ZodType<number | boolean | string> {
  const error = `must be ${describeRange(setting)}`
  switch (setting.type) {
    case 'number': {
      const number = z.number({ error }).min(setting.min, { error }).max(setting.max, { error })
      return setting.whole ? number.int({ error }) : number
    }
    case 'switch':
      return z.boolean({ error })
    case 'choice':
      return z.enum(setting.choices as [string, ...string[]], { error })
  }
}

/** A schema of an object with a value for each setting; messages say the unit and the range. */
export function schemaOf<const S extends Settings>(
  settings: S,
): z.ZodObject<{ -readonly [K in keyof S]: z.ZodType<ValueOf<S[K]>> }> {
  const shape = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, valueSchema(setting)]))
  // One entry a setting, of the type of its value: what valueSchema makes.
  return z.object(shape) as unknown as z.ZodObject<{ -readonly [K in keyof S]: z.ZodType<ValueOf<S[K]>> }>
}

export function defaultsOf<const S extends Settings>(settings: S): ValuesOf<S> {
  const entries = Object.entries(settings).map(([name, setting]) => [name, setting.default])
  // As in schemaOf.
  return Object.fromEntries(entries) as ValuesOf<S>
}

/** Why `value` is none of this setting, or undefined when it is one. `timeoutMs must be a whole number of ms from 1 to 60000`. */
export function refuseValue(name: string, setting: Setting, value: unknown): string | undefined {
  const result = valueSchema(setting).safeParse(value)
  return result.success ? undefined : `${name} ${result.error.issues[0]?.message ?? 'is not valid'}`
}
