// What `faultline policy` prints: the catalogue, the values at one place, one policy in full. Pure.
import type { Changed, Policies, PolicySpec } from '../../control-plane/policies/policy-contract.ts'
import type { Output } from '../context.ts'
import { formatPolicyValue, type PolicyValue } from '../policy-values.ts'
import { cut, fitLeft, width } from './cells.ts'

type Colors = Output['colors']

/** Every policy with its default and range, by topic, and what differs from that at present. */
export function policyCatalogueTable(policies: Policies, { colors, columns }: Output): string {
  const { catalogue } = policies
  const rows = catalogue.map((spec) => [
    spec.name,
    spec.scope,
    formatPolicyValue(spec, spec.default),
    describeRange(spec),
  ])
  const lines = table(['POLICY', 'OF A', 'DEFAULT', 'RANGE'], rows, columns, colors)
  const withTopics = catalogue.flatMap((spec, index) => {
    const line = lines[index + 1] ?? ''
    return spec.topic === catalogue[index - 1]?.topic ? [line] : ['', colors.bold(spec.topic), line]
  })
  return [lines[0] ?? '', ...withTopics, '', changesText(policies, colors)].join('\n')
}

/** Values in force at the places that were asked for; changed ones stand out with their default. */
export function policyValuesTable(policies: Policies, { colors, columns }: Output): string {
  const places = [
    ...policies.calls.map((call) => ({ title: `${call.caller} → ${call.callee}`, ...call })),
    ...policies.kinds.map((kind) => ({ title: kind.kind, ...kind })),
  ]
  return places
    .map(({ title, values, defaults, changed }) => {
      const specs = policies.catalogue.filter(({ name }) => values[name] !== undefined)
      const rows = specs.map((spec) => {
        const isChanged = changed.includes(spec.name)
        const note = isChanged ? `changed; ${formatPolicyValue(spec, defaults[spec.name])} by default` : ''
        return [spec.name, formatPolicyValue(spec, values[spec.name]), note]
      })
      return [colors.bold(title), ...table(['POLICY', 'VALUE', ''], rows, columns, colors)].join('\n')
    })
    .join('\n\n')
}

/** One policy in full, with its value wherever it is not the default. */
export function policyBlock(spec: PolicySpec, policies: Policies, { colors }: Output): string {
  const of = { call: 'calls, from a caller to a callee', kind: 'a kind of node', cluster: 'the whole cluster' }
  return [
    `${colors.bold(spec.name)}  ${spec.topic}, a setting of ${of[spec.scope]}`,
    '',
    spec.does,
    '',
    `default  ${formatPolicyValue(spec, spec.default)}`,
    `range    ${describeRange(spec)}`,
    ...(spec.kinds ? [`heeded   by ${spec.kinds.join(', ')}`] : []),
    ...(spec.cures.length > 0 ? [`helps    against ${spec.cures.join(', ')}`] : []),
    '',
    changesText(policies, colors, spec.name),
  ].join('\n')
}

/** One line for each change, for instance `timeoutMs of gateway → orders: 750 ms (was 4000 ms)`. */
export function changedLines(changed: readonly Changed[], catalogue: readonly PolicySpec[]): string[] {
  return changed.map((change) => {
    const spec = catalogue.find(({ name }) => name === change.name) ?? {}
    const before = formatPolicyValue(spec, change.before)
    return `${change.name} of ${placeText(change)}: ${formatPolicyValue(spec, change.value)} (was ${before})`
  })
}

function changesText(policies: Policies, colors: Colors, only?: string): string {
  const places: (Place & Policies['cluster'])[] = [...policies.calls, ...policies.kinds, policies.cluster]
  const lines = places.flatMap((place) =>
    place.changed
      .filter((name) => only === undefined || name === only)
      .map((name) => {
        const spec = policies.catalogue.find((each) => each.name === name) ?? {}
        const value: PolicyValue | undefined = place.values[name]
        return `  ${name} of ${placeText(place)}: ${colors.yellow(formatPolicyValue(spec, value))}`
      }),
  )
  return lines.length === 0 ? 'nothing is changed' : ['changed:', ...lines].join('\n')
}

type Place = { caller?: string | undefined; callee?: string | undefined; kind?: string | undefined }

function placeText(place: Place): string {
  if (place.kind !== undefined) return place.kind
  return place.caller === undefined ? 'the cluster' : `${place.caller} → ${place.callee}`
}

/** Without the unit, which stands with the default. */
function describeRange({ type, min, max, choices = [] }: PolicySpec): string {
  if (type === 'choice') return choices.join(', ')
  return type === 'switch' ? 'on, off' : `${min} to ${max}`
}

/** The title line and one line a row, cut at the terminal's width. */
function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
  colors: Colors,
): string[] {
  const widths = titles.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))))
  const line = (cells: readonly string[]) =>
    cut(
      cells
        .map((cell, column) => fitLeft(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      columns,
    )
  return [colors.dim(line(titles)), ...rows.map(line)]
}
