// A test that needs the installed Prometheus.
import { expect, test } from 'vitest'
import { isPrometheusInstalled } from '../otel/backend/testing/real-prometheus.ts'

/** Skipped by name where the program is missing, and failing in CI, which is to have it. */
export function prometheusTest(name: string, body: () => Promise<void>, timeoutMs?: number): void {
  if (isPrometheusInstalled) test(name, body, timeoutMs)
  else if (process.env.CI === 'true') test(name, () => expect.fail('prometheus is not installed, but CI is to have it'))
  else test.skip(`${name} (prometheus is not installed)`, () => {})
}
