// The storefront: what a customer does is the root of a trace, what fails is said, and nothing of a card is told to anybody.
import { request } from 'undici'
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults } from './console-page.ts'

/** The number, grouped or not, and its check digits where they are called so. */
const cardData = /4242[ -]?4242[ -]?4242[ -]?4242|"cvc"|expiryMonth/

export function testShop(cluster: ConsoleCluster): void {
  test('a click in the storefront is the root of the trace that it leads to', { timeout: 90_000 }, async () => {
    await cluster.onPage(
      async (page, { go }) => {
        await go('/storefront')
        await page.locator('.product').first().waitFor()
        await cluster.shoot(page, 'storefront')
        await page.getByLabel('You are in').selectOption('eu')
        await page.getByLabel('Search the shop').fill('kettle')
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { name: '“kettle”' }).waitFor()
        await page.locator('.product').first().click()
        await page.getByRole('button', { name: 'Add to basket' }).click()
        await page.getByRole('link', { name: 'To the basket' }).waitFor()
        await cluster.shoot(page, 'product')
        expect(await accessibilityFaults(page)).toEqual([])
        await page.getByRole('link', { name: 'To the basket' }).click()
        await page.getByRole('link', { name: 'Check out' }).waitFor()
        expect(await accessibilityFaults(page)).toEqual([])
        await page.getByRole('link', { name: 'Check out' }).click()
        await page.getByRole('button', { name: 'Order and pay' }).waitFor()
        expect(await accessibilityFaults(page)).toEqual([])
        await page.getByRole('button', { name: 'Order and pay' }).click()
        await page.getByRole('heading', { name: 'Thank you' }).waitFor()
        await page.locator('.order-steps [aria-current]', { hasText: 'shipped' }).waitFor()
        await page.getByRole('link', { name: 'See this request' }).click()
        const traceId = /traces\/([0-9a-f]{32})/.exec(page.url())?.[1] ?? ''
        await page.locator('.row').first().waitFor()
        // What the browser exported and what the nodes did arrive one after the other.
        const charged = /payments-\d.*PUT \/charges\/:orderId/s
        const names = await until(
          'the whole trace',
          async () => {
            await page.getByRole('button', { name: 'Reload' }).click()
            await page.locator('.row').first().waitFor()
            const names = await page.locator('.row-name').allInnerTexts()
            const isWhole = [/check out/, /→ POST \/api\/checkout/, /frontdoor-1.*POST/s].every((part, row) =>
              part.test(names[row] ?? ''),
            )
            return isWhole && names.some((name) => charged.test(name)) && names
          },
          30_000,
        )
        expect(names[1]).toMatch(/browser.*→ POST \/api\/checkout/s)
        expect(names[2]).toMatch(/frontdoor-1.*POST/s)
        expect(await everythingToldOf(cluster, traceId)).not.toMatch(cardData)
        await cluster.shoot(page, 'waterfall')
        await page.getByRole('button', { name: 'Graph' }).click()
        await page.locator('.graph-node').first().waitFor()
        await cluster.shoot(page, 'trace-graph')
        expect(await accessibilityFaults(page)).toEqual([])
        expect(page.url()).toContain('view=graph')
      },
      // A trace that has just been made is asked for until it is there.
      { theme: 'light', expected: /404/ },
    )
  })

  test('what the shop fails at is said, and the way to its trace is there', { timeout: 60_000 }, async () => {
    await cluster.control('POST', '/v1/faults', {
      fault: 'error-rate',
      target: 'gateway',
      parameters: { probability: 1, status: '500' },
      forS: 60,
      secret: false,
    })
    await cluster.onPage(
      async (page, { go }) => {
        await go('/storefront?q=lantern')
        const alert = page.getByRole('alert')
        await alert.getByRole('heading', { name: 'The catalogue could not be loaded' }).waitFor()
        expect(await alert.innerText()).toMatch(/Something in the shop is broken \(50\d\)/)
        await page.getByRole('link', { name: 'See this request' }).click()
        await page.locator('.row-error').first().waitFor()
        await cluster.control('DELETE', '/v1/faults')
        await page.goBack()
        // The fault is gone: what failed is asked again.
        await page.locator('.product').first().waitFor()
      },
      // A trace that has just been made is asked for until it is there.
      { expected: /50\d|404/ },
    )
  })
}

/** All spans and logs of a trace, as text. */
async function everythingToldOf(cluster: ConsoleCluster, traceId: string): Promise<string> {
  const { jaeger } = cluster.urls()
  const paths = [`/api/traces/${traceId}`, `/api/logs?traceID=${traceId}&limit=2000`]
  const texts = await Promise.all(paths.map(async (path) => (await request(`${jaeger}${path}`)).body.text()))
  expect(texts.map((text) => text.length > 200)).toEqual([true, true])
  return texts.join('\n')
}
