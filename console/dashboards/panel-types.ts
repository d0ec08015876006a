// The types of panels that are drawn here. Any other says on screen that it is not.

export const panelTypes: readonly string[] = [
  'row',
  'text',
  'timeseries',
  'stat',
  'gauge',
  'bargauge',
  'barchart',
  'table',
  'heatmap',
  'state-timeline',
  'nodeGraph',
  'logs',
]
