// Every script in testdata/ holds.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runScript } from './testing/run-script.ts'

const FOLDER = new URL('./testdata/', import.meta.url)
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith('.test'))

describe('scripts of the test language', () => {
  test.each(scripts)('%s', async (name) => {
    const { evals, failures } = await runScript(readFileSync(new URL(name, FOLDER), 'utf8'))
    expect(failures).toEqual([])
    expect(evals).toBeGreaterThan(0)
  })
})

test('the runner notices what is wrong', async () => {
  const { evals, failures } = await runScript(`
load 1m
  m{a="1"} 1 2 3
eval instant at 1m m
  {__name__="m", a="1"} 2
eval instant at 1m m
  m{a="1"} 3
eval instant at 1m m
  m{a="2"} 2
eval instant at 1m m
  expect warn
  m{a="1"} 2
eval instant at 1m rate(m[3m])
  expect no_info
  {a="1"} 0.016666666666666666
eval instant at 1m m
  expect fail
eval instant at 1m m{
  expect fail msg: something else
eval range from 0 to 2m step 1m m
  m{a="1"} 1 _ 3
eval instant at 1m 7
  8
eval instant at 1m "x"
  expect string "y"
eval instant at 1m sort_desc({__name__=~"m"})
  expect ordered
  n 1
`)
  expect(evals).toBe(11)
  expect(failures.map((failure) => Number(/^line (\d+)/.exec(failure)?.[1]))).toEqual([
    6, 8, 8, 10, 13, 13, 16, 18, 20, 22, 24, 26,
  ])
})
