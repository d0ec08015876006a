// How each field is drawn: the panel's defaults, and the overrides that match it on top, in their order.
import type { FieldConfigJson, FieldOptions, OverrideJson } from './dashboard-json.ts'
import { type Field, type Frame, fieldTitle } from './frame.ts'
import { patternOf } from './transformations.ts'

export function configure(frames: readonly Frame[], config: FieldConfigJson | undefined): Frame[] {
  const overrides = config?.overrides ?? []
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const options = overrides
        .filter(({ matcher }) => matches(matcher, field, frame))
        .flatMap(({ properties }) => properties)
        .reduce(withProperty, { ...config?.defaults, ...field.options })
      const { displayName } = options
      return { ...field, options, ...(displayName ? { displayName: withLabels(displayName, field) } : {}) }
    }),
  }))
}

function matches({ id, options }: OverrideJson['matcher'], field: Field, frame: Frame): boolean {
  switch (id) {
    case 'byName':
      return options === field.name || options === fieldTitle(field)
    case 'byNames': {
      const names = (options as { names?: string[] })?.names ?? []
      return names.includes(field.name) || names.includes(fieldTitle(field))
    }
    case 'byRegexp': {
      const pattern = patternOf(String(options)) ?? patternOf(`/^(?:${String(options)})$/`)
      return pattern?.test(fieldTitle(field)) === true
    }
    case 'byType':
      return options === field.type
    case 'byFrameRefID':
      return options === frame.refId
    default:
      return false
  }
}

function withProperty(options: FieldOptions, { id, value }: OverrideJson['properties'][number]): FieldOptions {
  if (id.startsWith('custom.'))
    return { ...options, custom: { ...options.custom, [id.slice('custom.'.length)]: value } }
  return { ...options, [id]: value }
}

function withLabels(displayName: string, field: Field): string {
  return displayName.replace(
    /\$\{__field\.(?:labels\.(\w+)|name)\}/g,
    (_match, label?: string) => (label ? field.labels[label] : field.name) ?? '',
  )
}
