// `npm run ledger:simulate` as one types it: what it prints, and how it ends.
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

function simulate(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['cluster/bin/simulate.js', ...args], { cwd: root }, (error, out, errors) => {
      done({ code: error ? Number(error.code) : 0, out, errors })
    })
  })
}

test('schedules are counted and no property is violated', { timeout: 120_000 }, async () => {
  const { code, out } = await simulate('--schedules', '6', '--threads', '2')
  expect(out).toMatch(
    /^6 schedules in [\d.]+ s, 0 failed: \d+ elections, [1-9]\d* committed entries, [1-9]\d* answered operations$/m,
  )
  expect(code).toBe(0)
})

test('a broken core is caught, with a seed whose schedule is drawn up to the violation', {
  timeout: 120_000,
}, async () => {
  const { out: mutants } = await simulate('--mutants')
  const [mutant = ''] = mutants.split('\n')
  const { code, out } = await simulate('--schedules', '500', '--mutant', mutant)
  expect(code).toBe(1)
  const [, seed = '', property = ''] = /^seed (\d+): (.+) violated$/m.exec(out) ?? []
  expect(out).toContain(`npm run ledger:simulate -- --seed ${seed} --draw --mutant '${mutant}'`)
  const drawn = await simulate('--seed', seed, '--draw', '--mutant', mutant, '--last', '10')
  expect(drawn.code).toBe(1)
  expect(drawn.out).toMatch(/\d+ earlier lines are not shown/)
  expect(drawn.out).toMatch(/●|▶|◀/)
  expect(drawn.out.trimEnd().split('\n').at(-1)).toContain(`${property} violated: `)
})

test('the same seed is drawn the same way twice', { timeout: 120_000 }, async () => {
  const first = await simulate('--seed', '7', '--draw')
  const second = await simulate('--seed', '7', '--draw')
  expect(first.code).toBe(0)
  expect(first.out).toContain('no property was violated')
  expect(first.out).toMatch(/● .*applies/)
  expect(second.out).toBe(first.out)
})

test.each([
  [['--mutant', 'nobody'], "no mutant is named 'nobody'; --mutants lists them"],
  [['--schedules', '0'], "--schedules must be a whole number from 1 to 10000000, not '0'"],
])('%j is refused', async (args, message) => {
  const { code, errors } = await simulate(...args)
  expect(code).toBe(1)
  expect(errors).toContain(message)
})
