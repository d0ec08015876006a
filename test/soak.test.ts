// Two minutes of `npm run soak`, with the day's seed: faults at random under load, and the shop keeps its promises.
import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildIfChanged } from '../cluster/bin/build.js'
import { commandOf, isGreen, toMarkdown } from './soak/report.ts'
import { runSoak } from './soak/run.ts'

const root = resolve(import.meta.dirname, '..')
/** 20261123: another one each day. */
const seed = Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''))
const settings = { minutes: 2, seed, size: 'small', load: 12 } as const

beforeAll(() => buildIfChanged(root))

test(`nothing is lost or done twice: ${commandOf(settings)}`, async () => {
  const { signal } = new AbortController()
  const report = await runSoak({ ...settings, root, signal, killSignal: signal, onLine: () => {} })
  expect(isGreen(report), toMarkdown(report)).toBe(true)
  // Otherwise it has shown nothing.
  expect(report.orders.shipped).toBeGreaterThan(3)
  expect(report.looks.books.done).toBeGreaterThan(2)
  expect(report.plan.events.length).toBeGreaterThan(8)
}, 300_000)
