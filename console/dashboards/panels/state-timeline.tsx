// Which state each series was in, and from when to when.
import { useState } from 'react'
import { useDashboard } from '../dashboard-context.ts'
import { fieldTitle } from '../frame.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { stateSpells } from '../state-spells.ts'
import { momentText } from '../units.ts'
import { showValue, stateColor } from '../value-mapping.ts'

export function StateTimelinePanel({ panel, data }: PanelProps) {
  const { marks } = useDashboard()
  const [told, setTold] = useState<string>()
  const { startMs, endMs, stepMs } = data
  const percent = (ms: number): number => Math.min(100, Math.max(0, ((ms - startMs) / (endMs - startMs)) * 100))
  const rows = data.frames
    .flatMap(({ fields: [time, states] }) => (time && states ? [{ time, states, name: fieldTitle(states) }] : []))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const mappings = panel.fieldConfig?.defaults?.mappings ?? []
  const legend = mappings.flatMap((mapping) => (mapping.type === 'value' ? Object.keys(mapping.options) : []))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section className="state-rows" tabIndex={0} aria-label={`States of ${panel.title}`}>
        {rows.map(({ time, states, name }) => {
          const spells = stateSpells(time, states, stepMs)
          const last = spells.at(-1)
          return (
            <div key={name} className="state-row">
              <span className="state-name">{name}</span>
              <span
                className="state-bar"
                role="img"
                aria-label={`${name}: ${last ? showValue(last.value, states.options).text : 'nothing'} at the end, ${spells.length} spells`}
              >
                {spells.map((spell) => {
                  const { text } = showValue(spell.value, states.options)
                  const words = `${name}: ${text} from ${momentText(spell.startMs)} to ${momentText(spell.endMs)}`
                  return (
                    <span
                      key={spell.startMs}
                      style={{
                        left: `${percent(spell.startMs)}%`,
                        width: `${percent(spell.endMs) - percent(spell.startMs)}%`,
                        background: stateColor(spell.value, states.options),
                      }}
                      onPointerEnter={() => setTold(words)}
                      onPointerLeave={() => setTold(undefined)}
                    />
                  )
                })}
                {marks.map((mark) => (
                  <i
                    key={`${mark.title}${mark.startMs}`}
                    style={{ left: `${percent(mark.startMs)}%`, background: mark.color }}
                    title={mark.title}
                  />
                ))}
              </span>
            </div>
          )
        })}
      </section>
      <p className="state-legend">
        {told ??
          legend.map((value) => {
            const shown = showValue(Number(value), panel.fieldConfig?.defaults)
            return (
              <span key={value}>
                <span className="swatch" style={{ background: shown.color ?? 'var(--line-strong)' }} />
                {shown.text}
              </span>
            )
          })}
      </p>
    </>
  )
}
