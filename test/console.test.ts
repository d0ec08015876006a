// The console in a real browser, on a live cluster: one for all of it, for a cluster is the dearest part of these tests.
import { expect, test } from 'vitest'
import { useConsoleCluster } from './console/console-cluster.ts'
import { accessibilityFaults } from './console/console-page.ts'
import { describeInBrowser } from './console/describe-in-browser.ts'
import { testEveryView } from './console/every-view.ts'
import { testFaults } from './console/faults.ts'
import { testHostile } from './console/hostile.ts'
import { testPresenting } from './console/presenting.ts'
import { testShop } from './console/shop.ts'
import { testTraces } from './console/traces.ts'
import { testViews } from './console/views.ts'

describeInBrowser('the console', () => {
  const cluster = useConsoleCluster()

  test('opens by the link, whose key leaves the address at once, and nobody else comes in', async () => {
    await cluster.onPage(async (page) => {
      expect(page.url()).not.toContain('key')
      expect(await page.evaluate('document.cookie')).toBe('')
    })
    const stranger = await cluster.openSignedOut()
    await stranger.page.getByText('You are not signed in').waitFor()
    expect(await stranger.page.locator('main').innerText()).toContain('npx faultline open')
    expect(await accessibilityFaults(stranger.page)).toEqual([])
    // The browser itself tells of the 401; that is all there is to tell.
    expect(stranger.complaints.filter((text) => !text.includes('401'))).toEqual([])
    await stranger.close()
  })

  // What changes nothing comes first; what breaks something comes last, and puts it back.
  testEveryView(cluster)
  testTraces(cluster)
  testViews(cluster)
  testHostile(cluster)
  testShop(cluster)
  testFaults(cluster)
  testPresenting(cluster)
})
