// The parts of Grafana's dashboard JSON that are drawn here (schema version 42). What is not named is ignored, except for types of panels
// and transformations, which are named on screen when they are not known.

export type DashboardJson = {
  uid: string
  title: string
  description?: string
  refresh?: string
  time?: { from: string; to: string }
  panels: readonly PanelJson[]
  templating?: { list: readonly VariableJson[] }
  annotations?: { list: readonly AnnotationJson[] }
  links?: readonly DashboardLinkJson[]
}

export type DashboardLinkJson = { title: string; url: string; keepTime?: boolean; includeVars?: boolean }

export type GridPos = { x: number; y: number; w: number; h: number }

export type PanelJson = {
  id: number
  type: string
  title?: string
  description?: string
  gridPos: GridPos
  collapsed?: boolean
  /** Of a row that is collapsed. */
  panels?: readonly PanelJson[]
  targets?: readonly TargetJson[]
  fieldConfig?: FieldConfigJson
  options?: Record<string, unknown>
  transformations?: readonly TransformationJson[]
  datasource?: DatasourceJson
  links?: readonly LinkJson[]
}

export type DatasourceJson = { type: string; uid: string }

export type TargetJson = {
  refId: string
  expr?: string
  legendFormat?: string
  format?: string
  instant?: boolean
  range?: boolean
  exemplar?: boolean
  /** The finest step, for instance `5s`. */
  interval?: string
  hide?: boolean
  datasource?: DatasourceJson
  /** Of Jaeger's search. */
  service?: string
  operation?: string
  tags?: string
  minDuration?: string
  maxDuration?: string
  limit?: number
  queryType?: string
  query?: string
  /** Of Loki. */
  maxLines?: number
}

export type ThresholdJson = { value: number | null; color: string }
export type ThresholdsJson = { mode: string; steps: readonly ThresholdJson[] }

export type ColorJson = { mode?: string; fixedColor?: string }

export type MappingResult = { text?: string; color?: string; index?: number }
export type MappingJson =
  | { type: 'value'; options: Record<string, MappingResult> }
  | { type: 'range'; options: { from: number | null; to: number | null; result: MappingResult } }
  | { type: 'regex'; options: { pattern: string; result: MappingResult } }
  | { type: 'special'; options: { match: string; result: MappingResult } }

export type LinkJson = { title: string; url: string; targetBlank?: boolean }

/** What a field is drawn by: the panel's defaults with the overrides that match the field on top. */
export type FieldOptions = {
  unit?: string
  decimals?: number
  min?: number
  max?: number
  displayName?: string
  noValue?: string
  color?: ColorJson
  thresholds?: ThresholdsJson
  mappings?: readonly MappingJson[]
  links?: readonly LinkJson[]
  custom?: Record<string, unknown>
}

export type OverrideJson = {
  matcher: { id: string; options?: unknown }
  properties: readonly { id: string; value?: unknown }[]
}

export type FieldConfigJson = { defaults?: FieldOptions; overrides?: readonly OverrideJson[] }

export type TransformationJson = {
  id: string
  disabled?: boolean
  options?: Record<string, unknown>
  filter?: { id: string; options?: unknown }
}

export type VariableJson = {
  type: string
  name: string
  label?: string
  description?: string
  hide?: number | string
  multi?: boolean
  includeAll?: boolean
  allValue?: string
  query?: string | { query?: string }
  definition?: string
  sort?: number
  regex?: string
  current?: { text?: string | readonly string[]; value?: string | readonly string[] }
  options?: readonly { text: string; value: string }[]
}

export type AnnotationJson = {
  name: string
  enable?: boolean
  hide?: boolean
  iconColor?: string
  expr?: string
  target?: TargetJson
  step?: string
  titleFormat?: string
  textFormat?: string
  tagKeys?: string
  useValueForTime?: boolean
  datasource?: DatasourceJson
}
