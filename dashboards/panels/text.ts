// The headline of a dashboard: in a few sentences, what to look for and where to go next.
import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text'
import { describe, unwrap } from './panel.ts'
import { unit } from './unit.ts'

/** @param markdown links to dashboards as `/d/UID` */
export function headline(markdown: string): PanelBuilder {
  const spec = { title: 'What to look for', info: 'What this dashboard answers, and how to read it.', unit: unit.none }
  return describe(new PanelBuilder(), spec, { width: 24, height: 4 }).mode(TextMode.Markdown).content(unwrap(markdown))
}
