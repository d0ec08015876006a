import { expect, test } from 'vitest'
import { admits, parseLogQuery } from './log-frames.ts'

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
