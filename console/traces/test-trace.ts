// Traces for tests, written as lines: `id<parent service name start+duration key=value …`. Times in ms; a value `@x` of `link` is a span.
import { readTrace, type Trace, type WireTrace } from './trace-model.ts'

/** @param lines `<` names the parent, `~` one that it only follows from; kind, region and node are tags like any other */
export function wireTrace(lines: string, traceId = 't1'): WireTrace {
  const processes: NonNullable<WireTrace['processes']> = {}
  const spans = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [ids = '', service = '', name = '', times = '', ...pairs] = line.trim().split(/\s+/)
      const [, id = '', mark = '', parent = ''] = /^(\w+)(?:([<~])(\w+))?$/.exec(ids) ?? []
      const [start = 0, duration = 0] = times.split('+').map(Number)
      const tags = pairs.map((pair) => {
        const [key = '', value = ''] = pair.split('=')
        return { key: key === 'kind' ? 'span.kind' : key, value: value === 'true' ? true : value }
      })
      const of = (wanted: string) => tags.find(({ key }) => key === wanted)?.value
      const processID = `${service} ${of('node') ?? ''} ${of('region') ?? ''}`
      processes[processID] = {
        serviceName: service,
        tags: [
          { key: 'service.instance.id', value: of('node') ?? `${service}-1` },
          { key: 'cloud.region', value: of('region') ?? 'na' },
        ],
      }
      return {
        spanID: id,
        operationName: name,
        references: mark
          ? [{ refType: mark === '<' ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: traceId, spanID: parent }]
          : [],
        startTime: 1_000_000 + start * 1_000,
        duration: duration * 1_000,
        tags,
        processID,
      }
    })
  return { traceID: traceId, spans, processes }
}

export function testTrace(lines: string, traceId?: string): Trace {
  return readTrace(wireTrace(lines, traceId))
}
