// Plays a script of the presenter to its end, with the keys of a remote control, and sees to it that each step shows what it says and
// that what it does takes effect.
import type { Page } from 'playwright-core'
import { request } from 'undici'
import type { Script, Step } from '../../console/presenter/script-schema.ts'
import { until } from '../until.ts'
import { effects } from './script-effects.ts'

/** A step's effect may need some rounds of refreshing; nothing fails for being slow. */
const EFFECT_MS = 90_000

export type Stage = {
  page: Page
  urls: { control: string; prometheus: string }
  token: string
  /** Told when a step has held, with how long its effect took; 0 for one without. */
  told?: (step: Step, effectMs: number) => void
}

/** From the list of scripts on. Throws an `Error` that names the step which did not hold. */
export async function playScript(stage: Stage, script: Script): Promise<void> {
  const { page, told } = stage
  await page.getByRole('button', { name: `Start “${script.title}”` }).click()
  for (const [index, step] of script.steps.entries()) {
    await page.getByRole('heading', { name: step.title, exact: true }).waitFor()
    await shows(page, step)
    let effectMs = 0
    if (step.action) {
      await page.keyboard.press('PageDown')
      await page.getByRole('button', { name: 'Done' }).waitFor()
      const beganAt = performance.now()
      await takesEffect(stage, script, step)
      effectMs = performance.now() - beganAt
    }
    told?.(step, effectMs)
    if (index < script.steps.length - 1) await page.keyboard.press('PageDown')
  }
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('complementary', { name: /^Presenting/ }).waitFor({ state: 'detached' })
}

/** The view that the step names, with something in it. */
async function shows(page: Page, { title, show }: Step): Promise<void> {
  const path = show.split('?')[0]?.replace('/{{trace}}', '/') ?? ''
  await until(`“${title}” to show ${show}`, () => new URL(page.url()).pathname.startsWith(path), EFFECT_MS)
  const [ready] =
    Object.entries(readyWhen)
      .find(([start]) => path.startsWith(start))
      ?.slice(1) ?? []
  if (!ready) throw new Error(`“${title}”: nobody knows when ${path} is there`)
  await page.locator(ready).first().waitFor({ timeout: EFFECT_MS })
  const failures = await page.locator('main .notice-failure').allInnerTexts()
  if (failures.length > 0) throw new Error(`“${title}” shows a failure: ${failures.join('; ')}`)
}

/** What is there when a view has something to show, by the start of its path. */
const readyWhen: Record<string, string> = {
  '/map': '.node.ok, .node.warn, .node.busy',
  '/traces': '.trace-item, .row',
  '/dashboards': '.time-chart canvas, .stat-value, .node-graph',
  '/faults': '.policy, .fault-list',
}

type Call = { caller: string; callee: string; values: Record<string, unknown>; changed: string[] }

async function takesEffect({ urls, token }: Stage, script: Script, { title, action }: Step): Promise<void> {
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await request(`${urls.control}${path}`, { headers: { authorization: `Bearer ${token}` } })
    return (await answer.body.json()) as T
  }
  const inForce = `what “${title}” does to be in force`
  if (action?.do === 'inject') {
    await until(inForce, async () => {
      const { faults } = await ask<{ faults: { fault: string }[] }>('/v1/faults')
      return faults.some(({ fault }) => fault === action.fault)
    })
  } else if (action?.do === 'load') {
    const wanted = action.requestsPerSecond
    await until(
      inForce,
      async () => (await ask<{ requestsPerSecond: number }>('/v1/status')).requestsPerSecond === wanted,
    )
  } else if (action) {
    const changes = action.do === 'policies' ? action.changes : []
    await until(inForce, async () => {
      const { calls } = await ask<{ calls: Call[] }>('/v1/policies')
      const held = changes.every(({ name, value, caller, callee }) =>
        calls
          .filter((call) => (caller ?? call.caller) === call.caller && (callee ?? call.callee) === call.callee)
          .every(({ values }) => values[name] === undefined || values[name] === value),
      )
      if (action.do !== 'restore') return held
      const { faults } = await ask<{ faults: unknown[] }>('/v1/faults')
      return faults.length === 0 && calls.every(({ changed }) => changed.length === 0)
    })
  }
  const query = effects[script.id]?.[title]
  if (!query) throw new Error(`script-effects.ts does not say what “${title}” of ${script.id} leads to`)
  await until(
    `the effect of “${title}”: ${query}`,
    async () => {
      const answer = await request(`${urls.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`)
      const { data } = (await answer.body.json()) as { data: { result: unknown[] } }
      return data.result.length > 0
    },
    EFFECT_MS,
  )
}
