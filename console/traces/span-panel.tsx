// All that is known of one span. Names, values and log lines come from outside: they are shown as text, and nothing else.
import { Link, useSearchParams } from 'wouter'
import { tracePath } from '../links.ts'
import { formatMicros, formatTimeMs } from '../shell/clock.ts'
import { type PathSegment, timeOnPath } from './critical-path.ts'
import type { LogLine } from './logs-api.ts'
import { networkGap } from './network-gap.ts'
import type { Span, Tag, Trace } from './trace-model.ts'
import { keepWayBack } from './way-back.ts'

type Props = {
  trace: Trace
  span: Span
  colour: string | undefined
  path: readonly PathSegment[]
  /** Undefined where logs are not to be had. */
  logs: readonly LogLine[] | undefined
  onClose: () => void
  onChoose: (index: number) => void
}

export function SpanPanel({ trace, span, colour, path, logs, onClose, onChoose }: Props) {
  const gap = networkGap(trace, span)
  const onPath = timeOnPath(path).get(span.index) ?? 0
  const facts: [string, string][] = [
    ['Duration', formatMicros(span.durationMicros)],
    ['Start', `+${formatMicros(span.startMicros - trace.startMicros)}`],
    ['On critical path', onPath > 0 ? formatMicros(onPath) : 'no'],
    ['Node', [span.node, span.region].filter(Boolean).join(' · ')],
    ['Kind', span.kind],
    ...(span.version ? ([['Version', span.version]] as [string, string][]) : []),
    ...(gap
      ? ([['Network', `${formatMicros(gap.totalMicros)}${gap.skewed ? ' (clocks disagree)' : ''}`]] as [
          string,
          string,
        ][])
      : []),
  ]
  return (
    <aside className="span-panel" aria-label="Span">
      <div className="span-panel-head">
        <span className="swatch" style={{ background: colour }} />
        <h2>
          <span className="hint">{span.service}</span> {span.name}
        </h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label="Close the span">
          ✕
        </button>
      </div>
      {span.error && <p className="badge tone-error span-error">{errorText(span)}</p>}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
      {span.warnings.map((warning) => (
        <p key={warning} className="badge tone-warn">
          {warning}
        </p>
      ))}
      <Links trace={trace} span={span} onChoose={onChoose} />
      {logs !== undefined && <Logs trace={trace} logs={logs} />}
      {span.events.length > 0 && (
        <section>
          <h3>Events</h3>
          {span.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity but their place
            <details key={index} className="line" open={event.name === 'exception'}>
              <summary>
                <span className="number hint">+{formatMicros(event.timeMicros - trace.startMicros)}</span> {event.name}
              </summary>
              <Tags tags={event.tags} />
            </details>
          ))}
        </section>
      )}
      <section>
        <h3>Attributes</h3>
        <Tags tags={span.tags} />
      </section>
      <section>
        <h3>Resource</h3>
        <Tags tags={span.resource} />
      </section>
      <p className="hint">
        Span <code>{span.id}</code>
      </p>
    </aside>
  )
}

function Tags({ tags }: { tags: readonly Tag[] }) {
  if (tags.length === 0) return <p className="hint">None</p>
  return (
    <dl className="tags">
      {tags.map(({ key, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a key may be there twice
        <div key={index}>
          <dt>{key}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Logs({ trace, logs }: { trace: Trace; logs: readonly LogLine[] }) {
  if (logs.length === 0) return null
  return (
    <section>
      <h3>Logs</h3>
      {logs.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <details key={index} className="line">
          <summary>
            <span className="number hint" title={formatTimeMs(line.timeMicros / 1000)}>
              +{formatMicros(line.timeMicros - trace.startMicros)}
            </span>{' '}
            <span className={severityTone(line.severity)}>{line.severity}</span> {line.body}
          </summary>
          <Tags tags={line.attributes.map(([key, value]) => ({ key, value }))} />
        </details>
      ))}
    </section>
  )
}

function Links({ trace, span, onChoose }: { trace: Trace; span: Span; onChoose: (index: number) => void }) {
  const [params] = useSearchParams()
  const back = trace.spans.filter(({ links }) =>
    links.some((link) => link.traceId === trace.id && link.spanId === span.id),
  )
  if (span.links.length === 0 && back.length === 0) return null
  const within = (spanId: string) => trace.spans.find(({ id }) => id === spanId)
  return (
    <section>
      <h3>Links</h3>
      <ul>
        {span.links.map(({ traceId, spanId }) => {
          const target = traceId === trace.id ? within(spanId) : undefined
          return (
            <li key={`${traceId}${spanId}`}>
              {target ? (
                <button type="button" className="link-button" onClick={() => onChoose(target.index)}>
                  {target.service} {target.name}
                </button>
              ) : (
                <Link href={keepWayBack(`${tracePath(traceId)}?span=${spanId}`, params)}>
                  trace {traceId.slice(0, 8)}…
                </Link>
              )}
            </li>
          )
        })}
        {back.map((source) => (
          <li key={source.id}>
            <button type="button" className="link-button" onClick={() => onChoose(source.index)}>
              ← {source.service} {source.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function errorText({ events, tags }: Span): string {
  const exception = events.find(({ name }) => name === 'exception')?.tags.find(({ key }) => key === 'exception.message')
  const status = tags.find(({ key }) => key === 'otel.status_description' || key === 'error.type')
  return String(exception?.value ?? status?.value ?? 'error')
}

function severityTone(severity: string): string {
  if (severity === 'ERROR' || severity === 'FATAL') return 'tone-error'
  return severity === 'WARN' ? 'tone-warn' : 'hint'
}
