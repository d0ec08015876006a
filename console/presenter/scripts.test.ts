import { expect, test } from 'vitest'
import { nameOf } from '../dashboards/catalogue.ts'
import { parseMarkdown } from '../dashboards/markdown.ts'
import { views } from '../shell/views.ts'
import { Script } from './script-schema.ts'
import { scripts } from './scripts.ts'

test('three scripts, each with an id of its own', () => {
  expect(new Set(scripts.map(({ id }) => id)).size).toBe(scripts.length)
  expect(scripts.length).toBeGreaterThanOrEqual(3)
})

test.each(scripts)('$id is a script, and shows what there is', (script) => {
  expect(Script.safeParse(script).error?.issues ?? []).toEqual([])
  for (const { show, say, action, button } of script.steps) {
    const path = show.split('?')[0] ?? ''
    const view = views.find(({ pattern }) => (typeof pattern === 'string' ? path === pattern : pattern.test(path)))
    expect(view, show).toBeDefined()
    if (path.startsWith('/dashboards/')) expect(nameOf(path.split('/')[2] ?? ''), show).toBeDefined()
    expect(parseMarkdown(say)).toHaveLength(1)
    expect(button !== undefined, show).toBe(action !== undefined)
  }
})

test('what a script breaks, it restores', () => {
  for (const { steps, id } of scripts) {
    const actions = steps.flatMap(({ action }) => action?.do ?? [])
    if (actions.includes('inject') || actions.includes('policies')) expect(actions.at(-1), id).toBe('restore')
  }
})
