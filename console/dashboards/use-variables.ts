// The variables of a dashboard: what each offers, asked of Prometheus one after the other where one names another, and what is chosen.
import { useCallback, useMemo, useRef } from 'react'
import { useSearchParams } from 'wouter'
import { ask, labelValues, queryInstant } from '../prometheus/client.ts'
import { useLoad } from '../shell/use-load.ts'
import type { VariableJson } from './dashboard-json.ts'
import { type Chosen, interpolateQuery, type Variables } from './interpolation.ts'
import { seriesName } from './prometheus-frames.ts'
import {
  choose,
  fixedOptions,
  type Option,
  optionsFrom,
  parseVariableQuery,
  queryTextOf,
  wantedOf,
} from './variables.ts'

export type ShownVariable = { variable: VariableJson; options: readonly Option[]; chosen: Chosen }

type Range = { startMs: number; endMs: number }

/** A range's ends as they are at the moment, and how it was chosen. */
type Moment = Range & { range: string }

/** Undefined while it is not known what can be chosen. `error` of the last attempt, with the last answer kept. */
export function useVariables(list: readonly VariableJson[], moment: Moment) {
  const [params, setParams] = useSearchParams()
  const wanted = useMemo(() => {
    return Object.fromEntries(list.map(({ name }) => [name, wantedOf(params, name)]))
  }, [list, params])
  const key = `${moment.range} ${JSON.stringify(list.map(({ name }) => name))} ${JSON.stringify(wanted)}`
  const loaded = useLoad(key, (signal) => resolveVariables(list, wanted, moment, signal))
  const set = useCallback(
    (name: string, values: readonly string[]) =>
      setParams((before) => {
        before.delete(`var-${name}`)
        for (const value of values) before.append(`var-${name}`, value)
        return before
      }),
    [setParams],
  )
  // A choice shows at once; what can be chosen of the others follows when it is known.
  const last = useRef(loaded.data)
  if (loaded.data) last.current = loaded.data
  const offered = last.current
  const data = useMemo(
    () =>
      offered?.map((each) => ({
        ...each,
        chosen: choose(each.variable, each.options, wanted[each.variable.name] ?? []),
      })),
    [offered, wanted],
  )
  return { ...loaded, data, set }
}

async function resolveVariables(
  list: readonly VariableJson[],
  wanted: Record<string, readonly string[]>,
  range: Range,
  signal: AbortSignal,
): Promise<ShownVariable[]> {
  const shown: ShownVariable[] = []
  // In order: a variable may name those that stand before it.
  for (const variable of list) {
    const variables = valuesOf(shown)
    const options = await optionsOf(variable, variables, range, signal)
    shown.push({ variable, options, chosen: choose(variable, options, wanted[variable.name] ?? []) })
  }
  return shown
}

export function valuesOf(shown: readonly ShownVariable[]): Variables {
  return Object.fromEntries(shown.map(({ variable, chosen }) => [variable.name, chosen]))
}

async function optionsOf(
  variable: VariableJson,
  variables: Variables,
  range: Range,
  signal: AbortSignal,
): Promise<Option[]> {
  if (variable.type !== 'query') return fixedOptions(variable)
  const scope = { ...range, stepMs: 5000, scrapeMs: 5000 }
  const query = parseVariableQuery(interpolateQuery(queryTextOf(variable), variables, scope).text)
  switch (query?.kind) {
    case 'label-values':
      return optionsFrom(variable, await labelValues(query.label, query.selector, range, signal))
    case 'label-names':
      return optionsFrom(variable, (await ask('labels', {}, signal)).data as string[])
    case 'metrics': {
      const names = await labelValues('__name__', undefined, range, signal)
      const pattern = new RegExp(query.pattern)
      return optionsFrom(
        variable,
        names.filter((name) => pattern.test(name)),
      )
    }
    case 'query-result': {
      const { data } = await queryInstant(query.query, signal, range.endMs)
      return optionsFrom(
        variable,
        data.map(({ labels, value }) => `${seriesName(labels, undefined)} ${value}`),
      )
    }
    case undefined:
      return []
  }
}
