// The presenter: a step at a time over the views, and its shortest script played to its end. The others, which break something, are
// rehearsed by `npm run console:rehearse`: they take their time, and one of them needs three regions.
import { expect, test } from 'vitest'
import { scripts } from '../../console/presenter/scripts.ts'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults } from './console-page.ts'
import { playScript } from './play-script.ts'

export function testPresenting(cluster: ConsoleCluster): void {
  test('the presenter: steps forth and back, and ends when asked', { timeout: 60_000 }, async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/present')
      await page.getByRole('button', { name: 'Start “A request’s journey”' }).click()
      await page.getByRole('heading', { name: 'One shop, many nodes' }).waitFor()
      await page.getByRole('button', { name: /^gateway-na / }).waitFor()
      await cluster.shoot(page, 'presenter')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('PageDown')
      await page.getByRole('heading', { name: 'More customers' }).waitFor()
      await page.keyboard.press('PageUp')
      await page.getByRole('heading', { name: 'One shop, many nodes' }).waitFor()
      await page.getByRole('button', { name: 'End the presentation' }).click()
      await page.locator('.header').waitFor()
    })
  })

  test('“A request’s journey” does what it says, to its end', { timeout: 180_000 }, async () => {
    const script = scripts.find(({ id }) => id === 'journey')
    if (!script) throw new Error('there is no such script')
    const { token, ...urls } = cluster.access()
    await cluster.onPage(async (page, { go }) => {
      await go('/present')
      await playScript({ page, urls, token }, script)
    })
  })
}
