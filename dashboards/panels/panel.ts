// What every panel has, whatever draws it: a title, an info text, a unit, a place. The types do not let any of them out.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { prometheus } from './datasources.ts'
import type { Unit } from './unit.ts'

export type PanelSpec = {
  title: string
  /** How to read it, and what to look for: shown behind the panel's (i). */
  info: string
  /** Why it is good news when there is nothing to show. Without it, the panel has data on every healthy cluster under load. */
  emptyIsGood?: string
  unit: Unit
  /** Of 24 columns. */
  width?: number
  /** In rows of 30 pixels. */
  height?: number
}

export const EMPTY_IS_GOOD = 'Empty is good:'

/** What the panel builders of the SDK have in common. */
export type AnyPanelBuilder = Builder<Panel> & {
  title(title: string): AnyPanelBuilder
  description(description: string): AnyPanelBuilder
  datasource(source: DataSourceRef): AnyPanelBuilder
  unit(unit: string): AnyPanelBuilder
  span(columns: number): AnyPanelBuilder
  height(rows: number): AnyPanelBuilder
}

/** Writes what the specification says on a builder, and gives it back. */
export function describe<B extends AnyPanelBuilder>(
  builder: B,
  { title, info, emptyIsGood, unit, width, height }: PanelSpec,
  standard: { width: number; height: number; source?: DataSourceRef },
): B {
  builder
    .title(title)
    .description(
      [info, ...(emptyIsGood === undefined ? [] : [`${EMPTY_IS_GOOD} ${emptyIsGood}`])].map(unwrap).join('\n\n'),
    )
    .datasource(standard.source ?? prometheus)
    .unit(unit)
    .span(width ?? standard.width)
    .height(height ?? standard.height)
  return builder
}

/** Grafana breaks lines where its Markdown does; ours are broken for the reader of the code. */
export function unwrap(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

export type DataLink = { title: string; url: string }

/** Overrides of fields by their shown name. */
export function linksProperty(links: readonly DataLink[]): DynamicConfigValue {
  return { id: 'links', value: links.map(({ title, url }) => ({ title, url })) }
}

export function fixedColor(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: color } }
}
