// Tests that need a browser: skipped by name where there is none, and failing in CI, which is to have it.
import { describe, expect, test } from 'vitest'
import { chromiumPath } from '../chromium.ts'

export function describeInBrowser(name: string, body: () => void): void {
  if (chromiumPath) describe(name, body)
  else if (process.env.CI === 'true') test(name, () => expect.fail('chromium is not installed, but CI is to have it'))
  else test.skip(`${name} (chromium is not installed)`, () => {})
}
