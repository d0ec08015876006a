import pc from 'picocolors'
import { expect, test } from 'vitest'
import { drawLogLine, type LogRecord } from './log-line.ts'

process.env.TZ = 'UTC'

const record: LogRecord = {
  timeMicros: 1_732_314_612_345_678,
  severity: 'WARN',
  severityNumber: 13,
  node: 'orders-1',
  service: 'orders',
  body: 'breaker changed',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  attributes: { node: 'orders-1', callee: 'payments', err: { type: 'Error', message: 'no\nanswer', stack: 'long' } },
}
const plain = pc.createColors(false)

test('a line says when, how bad, where, what and in which trace', () => {
  expect(drawLogLine(record, plain)).toBe(
    '22:30:12.345 WARN  orders-1           breaker changed callee=payments err=no answer trace=4bf92f3577b34da6a3ce929d0e0e4736',
  )
})

test('a line without time, trace and details', () => {
  const bare = { ...record, timeMicros: Number.NaN, severity: '', body: 'Killed\u001b[2J', traceId: '', attributes: {} }
  expect(drawLogLine(bare, plain)).toBe('                   orders-1           Killed [2J')
})

test.each([
  [5, pc.createColors(true).dim('DEBUG')],
  [9, pc.createColors(true).green('DEBUG')],
  [13, pc.createColors(true).yellow('DEBUG')],
  [17, pc.createColors(true).red('DEBUG')],
])('severity %i has its colour', (severityNumber, painted) => {
  const line = drawLogLine({ ...record, severityNumber, severity: 'DEBUG' }, pc.createColors(true))
  expect(line).toContain(painted)
})
