import { expect, test } from 'vitest'
import { searchPathOf, traceFrame } from './trace-frames.ts'

const scope = { variables: { journey: { values: ['buy now'], all: false, multi: false } }, startMs: 1, endMs: 2 }

test('a search as Jaeger takes it', () => {
  const target = {
    refId: 'A',
    service: 'load',
    tags: 'error=true faultline.journey="$journey"',
    minDuration: '250ms',
    limit: 5,
  }
  const search = new URLSearchParams(searchPathOf(target, scope).split('?')[1])
  expect(Object.fromEntries(search)).toEqual({
    service: 'load',
    start: '1000',
    end: '2000',
    limit: '5',
    tags: '{"error":"true","faultline.journey":"buy now"}',
    minDuration: '250ms',
  })
})

test('traces are rows, the newest first, as long as their last span reaches', () => {
  const span = (spanID: string, startTime: number, duration: number, parent?: string) => ({
    spanID,
    operationName: spanID,
    startTime,
    duration,
    processID: 'p1',
    references: parent ? [{ refType: 'CHILD_OF', spanID: parent }] : [],
  })
  const processes = { p1: { serviceName: 'load' } }
  const frame = traceFrame({ refId: 'A' }, [
    { traceID: 'a', processes, spans: [span('late', 2000, 9000, 'root'), span('root', 1000, 500)] },
    { traceID: 'b', processes, spans: [span('root', 5000, 1000)] },
  ])
  expect(frame.fields.map(({ values }) => values)).toEqual([
    ['b', 'a'],
    ['load: root', 'load: root'],
    [5, 1],
    [0.001, 0.01],
    [1, 2],
  ])
})
