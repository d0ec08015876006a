// What sets the selected traces apart from the rest, the most telling attribute first.
import { useMemo } from 'react'
import type { Trace } from '../traces/trace-model.ts'
import { type RankedAttribute, type RankedValue, rankAttributes } from './rank-attributes.ts'
import { traceFeatures } from './trace-features.ts'
import './why.css'

const MAX_SHOWN = 12

type Props = { selected: readonly Trace[]; others: readonly Trace[]; label: string }

export function WhyPanel({ selected, others, label }: Props) {
  const ranked = useMemo(
    () => rankAttributes(selected.map(traceFeatures), others.map(traceFeatures)),
    [selected, others],
  )
  return (
    <div className="why">
      <div className="panel-head">
        <h2>What sets {label} apart</h2>
        <p className="why-legend">
          <span className="why-key why-key-selected" /> {selected.length} selected
          <span className="why-key why-key-other" /> {others.length} others
        </p>
      </div>
      <Verdict ranked={ranked} selected={selected.length} others={others.length} />
      <ol className="why-list">
        {ranked.slice(0, MAX_SHOWN).map((attribute) => (
          <Attribute key={attribute.key} attribute={attribute} />
        ))}
      </ol>
    </div>
  )
}

function Verdict({ ranked, selected, others }: { ranked: RankedAttribute[]; selected: number; others: number }) {
  if (selected === 0)
    return <p className="why-verdict">None of the traces found is selected; there is nothing to compare.</p>
  if (others === 0)
    return <p className="why-verdict">Every trace is selected; there is nothing to compare them with.</p>
  const [first] = ranked
  const value = first?.values[0]
  if (!first || !value) {
    return (
      <p className="why-verdict">
        Nothing sets them apart beyond what chance would. Select more traces, or search a longer time.
      </p>
    )
  }
  return (
    <p className="why-verdict">
      <strong>
        {first.key} = {value.value}
      </strong>{' '}
      is in {percent(value.selectedShare)} of the selected traces and in {percent(value.otherShare)} of the others.
    </p>
  )
}

function Attribute({ attribute: { key, score, values } }: { attribute: RankedAttribute }) {
  return (
    <li className="why-attribute">
      <h3 title={`Score ${score.toFixed(2)}: the largest difference of shares, less what chance makes of it`}>
        <span className="why-name">{key}</span>
        <span className="number hint">{Math.round(score * 100)}</span>
      </h3>
      <ul>
        {values.map((value) => (
          <Value key={value.value} value={value} />
        ))}
      </ul>
    </li>
  )
}

function Value({ value: { value, selectedShare, otherShare } }: { value: RankedValue }) {
  return (
    <li className="why-value">
      <span className="why-text" title={value}>
        {value}
      </span>
      <span className="why-bars" aria-hidden="true">
        <span className="why-bar why-bar-selected" style={{ width: `${selectedShare * 100}%` }} />
        <span className="why-bar why-bar-other" style={{ width: `${otherShare * 100}%` }} />
      </span>
      <span className="number why-shares">
        {percent(selectedShare)}
        <span className="hint"> / {percent(otherShare)}</span>
      </span>
    </li>
  )
}

function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %'
  return `${Math.round(share * 100)} %`
}
