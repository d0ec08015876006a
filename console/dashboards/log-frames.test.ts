import { expect, test } from 'vitest'
import { admits, askable, parseLogQuery } from './log-frames.ts'

const record = {
  timeUnixNano: '1',
  severity: 'ERROR',
  body: 'charge failed: timeout',
  traceID: 'abc',
  service: 'payments',
  instance: 'payments-1',
}

test.each([
  ['{service_name="payments"}', true],
  ['{service_name!="payments"}', false],
  ['{service_name=~"orders|payments"}', true],
  ['{service_name=~"pay"}', false],
  ['{service_name=~".+"} |= "timeout"', true],
  ['{service_name=~".+"} != "timeout"', false],
  ['{service_name=~".+"} |~ "fail.*out" | severity_text=~"ERROR|WARN"', true],
  ['{service_name=~".+"} | severity_text="INFO"', false],
  ['{service_name=~`pay.*`} | detected_level="error"', true],
])('%s: %s', (query, expected) => {
  expect(admits(parseLogQuery(query), record)).toBe(expected)
})

test.each([
  ['{service_name=~".*"} | detected_level=~"warn|error"', { severity: 'warn' }],
  ['{service_name=~"orders"} | detected_level=~"warn|error"', { service: 'orders', severity: 'warn' }],
  ['{service_name=~"(orders|users)"} | severity_text="ERROR"', { severity: 'error' }],
  ['{service_name="orders"} | level=~"(?i)(FATAL|ERROR)"', { service: 'orders', severity: 'error' }],
  ['{instance="orders-1"} |= "refused" |= "twice"', { instance: 'orders-1', q: 'refused' }],
  // What the log API would take for something else is left to whoever filters its answer.
  ['{service_name=~"ord.*"} | detected_level=~"warn.*"', {}],
  ['{service_name!="orders"} | detected_level!="info" != "refused" |~ "a|b"', {}],
  ['{service_name=~"(?i)ORDERS"}', {}],
  ['{service_name=""} | detected_level=~"notice|error"', {}],
])('of %s the log API is asked for %o', (query, asked) => {
  expect(askable(parseLogQuery(query))).toEqual(asked)
})
