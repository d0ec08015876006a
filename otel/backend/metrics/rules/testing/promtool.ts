// The installed promtool, as the oracle of rules. Tests that need it are skipped by name where it is missing, and fail in CI.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

export interface PromtoolRun {
  ok: boolean
  output: string
}

const installed = spawnSync('promtool', ['--version']).status === 0

export function promtool(args: readonly string[], cwd: string): PromtoolRun {
  const run = spawnSync('promtool', args, { cwd, encoding: 'utf8', timeout: 120_000 })
  return { ok: run.status === 0, output: `${run.stdout}${run.stderr}` }
}

/** A test that runs promtool. */
export function promtoolTest(name: string, body: () => void | Promise<void>): void {
  if (installed) test(name, body)
  else if (process.env.CI === 'true') test(name, () => expect.fail('promtool is not installed, but CI is to have it'))
  else test.skip(`${name} (promtool is not installed)`, () => {})
}
