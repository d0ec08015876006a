// The console in a real browser, on a live cluster: the map, dashboards, queries, faults and policies, alerts, the presenter.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults, type ConsolePage, describeInBrowser, openConsole } from './browser.ts'
import { launchBrowser } from './chromium.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

/** Where screenshots go, when they are wanted. */
const screenshots = process.env['FAULTLINE_SCREENSHOTS']

async function shoot(page: Page, name: string): Promise<void> {
  if (!screenshots) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}

describeInBrowser("the console's views", () => {
  let running: RunningCluster
  let browser: Browser
  /** Whether this control plane knows faults; without them, the browser tells of a 404 when the catalogue is asked for. */
  let hasFaults: boolean
  beforeAll(async () => {
    running = await startTestCluster({ load: 10 })
    browser = await launchBrowser()
    const { prometheus } = running.cluster.urls
    hasFaults = (await control('GET', '/v1/faults/catalogue')) === 200
    await until(
      'rates of orders',
      async () => {
        const query = encodeURIComponent(
          'sum(rate(http_server_request_duration_seconds_count{service="orders"}[20s])) > 0',
        )
        const { body } = await request(`${prometheus}/api/v1/query?query=${query}`)
        return ((await body.json()) as { data: { result: unknown[] } }).data.result.length > 0
      },
      60_000,
    )
  })
  afterAll(async () => {
    await browser?.close()
    await running?.stop()
  })

  async function control(method: 'GET' | 'DELETE', path: string): Promise<number> {
    const { urls, token } = running.cluster
    const { statusCode, body } = await request(`${urls.control}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    })
    await body.dump()
    return statusCode
  }

  /** Runs with a page of the console, which may complain about nothing. */
  async function onPage(
    body: (page: Page, opened: ConsolePage) => Promise<void>,
    options?: Parameters<typeof openConsole>[2],
  ): Promise<void> {
    const opened = await openConsole(browser, running.cluster, options)
    try {
      await body(opened.page, opened)
      expect(opened.complaints.filter((text) => hasFaults || !text.includes('404'))).toEqual([])
    } finally {
      await opened.close()
    }
  }

  test('the map shows every node and link, by keyboard too, and as a list', { timeout: 90_000 }, async () => {
    await onPage(async (page, { go }) => {
      await go('/map')
      await page.getByRole('button', { name: /^gateway-na .*, well/ }).waitFor()
      await page.getByRole('button', { name: /^orders-1 .*, well, [\d.]+ a second/ }).waitFor()
      await shoot(page, 'map')
      expect(await accessibilityFaults(page)).toEqual([])
      // Motion is not wanted by this browser: nothing is drawn that moves.
      expect(await page.locator('canvas.flow').count()).toBe(0)
      await page.getByRole('button', { name: /^orders-1 / }).focus()
      await page.keyboard.press('Enter')
      const details = page.getByRole('complementary', { name: 'Details of orders-1' })
      await details.getByRole('button', { name: 'Restart' }).waitFor()
      await details.locator('.sparkline strong', { hasText: /^\d/ }).first().waitFor()
      await details.locator('.log-lines li').first().waitFor()
      await shoot(page, 'map-node')
      expect(await accessibilityFaults(page)).toEqual([])
      await details.getByRole('button', { name: '→ products-na' }).click()
      await page
        .getByRole('complementary', { name: 'Details of orders-1 → products-na' })
        .getByText('by the caller')
        .waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('complementary').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'As a list' }).click()
      await page.getByRole('rowheader', { name: 'payments-1', exact: true }).waitFor()
      await page.getByRole('rowheader', { name: 'gateway-na → orders-1' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  test('nodes that scale and die are seen to, from the controls of the map', { timeout: 120_000 }, async () => {
    await onPage(async (page, { go }) => {
      await go('/map?node=payments-1')
      await page.getByRole('button', { name: 'One payments more' }).click()
      await page.getByRole('button', { name: /^payments-2 .*, well/ }).waitFor()
      await page.getByText('payments: 2 replicas').waitFor()
      await page.getByRole('button', { name: 'Kill', exact: true }).click()
      await page.getByRole('button', { name: 'Kill it: sure?' }).click()
      await page.getByText('payments-1 was killed').waitFor()
      await until('the restart is counted', async () => {
        const restarts = page.locator('.node-facts div', { hasText: 'Restarts' }).locator('dd')
        return Number(await restarts.innerText()) >= 1
      })
      await page.getByRole('button', { name: /^payments-1 .*, well/ }).waitFor()
      await page.getByRole('button', { name: 'One payments less' }).click()
      await page.getByRole('button', { name: /^payments-2 / }).waitFor({ state: 'detached' })
    })
  })

  test('dashboards: every panel of the first shows data or says why not; variables and zoom stand in the address', {
    timeout: 120_000,
  }, async () => {
    await onPage(
      async (page, { go }) => {
        await go('/dashboards/faultline-shop?from=now-5m&to=now')
        await page.getByRole('heading', { name: 'Offered against answered load' }).waitFor()
        await page.locator('.stat-value').first().waitFor()
        await page.locator('.time-chart canvas').first().waitFor()
        await shoot(page, 'dashboard-shop')
        expect(await accessibilityFaults(page)).toEqual([])
        const panel = page.locator('.dash-panel', { hasText: 'Offered against answered load' })
        await panel.getByRole('button', { name: 'offered', exact: true }).click()
        expect(await panel.getByRole('button', { pressed: false }).count()).toBeGreaterThan(0)
        await page.locator('summary', { hasText: 'All' }).first().click()
        await page.getByRole('checkbox', { name: 'na', exact: true }).check()
        await page.waitForURL(/var-customer_region=na/)
        const box = await panel.locator('.u-over').boundingBox()
        if (!box) throw new Error('no chart')
        await page.mouse.move(box.x + box.width * 0.5, box.y + 20)
        await page.mouse.down()
        await page.mouse.move(box.x + box.width * 0.9, box.y + 20, { steps: 5 })
        await page.mouse.up()
        await page.waitForURL(/from=\d{13}&to=\d{13}/)
        await page.getByRole('button', { name: 'Back to now' }).click()
        await page.waitForURL(/from=now/)
      },
      { theme: 'light' },
    )
  })

  test.each(['tracing', 'service', 'latency', 'failures', 'resources', 'data', 'objectives', 'telemetry'])(
    'the dashboard %s is drawn without a complaint',
    { timeout: 90_000 },
    async (name) => {
      await onPage(
        async (page, { go }) => {
          await go(`/dashboards/faultline-${name}?from=now-5m&to=now`)
          await page.locator('.dash-panel').first().waitFor()
          await until('all panels in view answer', async () => {
            const bodies = page.locator('.dash-panel .panel-body')
            const filled = await bodies.evaluateAll((all) => all.filter((body) => body.childElementCount > 0).length)
            return filled === (await bodies.count())
          })
          expect(await page.locator('.dash-panel .tone-error').allInnerTexts()).toEqual([])
          expect(await page.locator('.panel-remarks').allInnerTexts()).toEqual([])
          await shoot(page, `dashboard-${name}`)
          expect(await accessibilityFaults(page)).toEqual([])
        },
        { height: 6000 },
      )
    },
  )

  test('a query: completed, drawn, tabled, and refused with its place', { timeout: 90_000 }, async () => {
    await onPage(async (page, { go, complaints }) => {
      await go('/query')
      const editor = page.getByRole('textbox', { name: 'Query in PromQL' })
      await editor.click()
      await page.keyboard.type('http_server_requ')
      await page.getByRole('option', { name: /http_server_request_duration_seconds_count/ }).waitFor()
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+a')
      await page.keyboard.type('sum by (service) (rate(http_server_request_duration_seconds_count[30s]')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Run' }).click()
      await page.locator('.query-legend code', { hasText: 'orders' }).waitFor()
      await shoot(page, 'query')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('tab', { name: 'Table' }).click()
      await page.getByRole('cell', { name: 'gateway' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await go('/query?expr=sum(up%7B%7D%7D)')
      await page.getByRole('alert').getByText('^').waitFor()
      // The browser tells of what Prometheus refused.
      expect(complaints.splice(0).filter((text) => !text.includes('400'))).toEqual([])
    })
  })

  test('alerts: none on a healthy cluster, and that is said', async () => {
    await onPage(async (page, { go }) => {
      await go('/alerts?from=now-1m&to=now')
      await page.getByRole('heading', { name: 'History' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  test('the presenter: a step at a time, by keyboard, over the views', { timeout: 60_000 }, async () => {
    await onPage(async (page, { go }) => {
      await go('/present')
      await page.getByRole('heading', { name: 'Present', exact: true }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Start “A request’s journey”' }).click()
      await page.getByRole('heading', { name: 'One shop, many nodes' }).waitFor()
      await page.getByRole('button', { name: /^gateway-na / }).waitFor()
      await shoot(page, 'presenter')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('PageDown')
      await page.getByRole('heading', { name: 'More customers' }).waitFor()
      await page.keyboard.press('PageDown')
      await page.getByRole('button', { name: 'Done' }).waitFor()
      await page.getByText('40 requests/s offered').waitFor()
      await page.keyboard.press('PageUp')
      await page.getByRole('heading', { name: 'One shop, many nodes' }).waitFor()
      await page.getByRole('button', { name: 'End the presentation' }).click()
      await page.locator('.header').waitFor()
    })
  })

  test('a fault from the switchboard is seen on the map, and cleared by one button', { timeout: 90_000 }, async ({
    skip,
  }) => {
    if (!hasFaults) skip('this control plane injects no faults')
    await onPage(async (page, { go }) => {
      await go('/faults?fault=latency&from=gateway-na&to=products-na')
      await page.getByRole('button', { name: 'Inject', exact: true }).waitFor()
      await shoot(page, 'faults')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('delayMs').fill('')
      expect(await page.getByRole('button', { name: 'Inject', exact: true }).isDisabled()).toBe(true)
      await page.getByLabel('delayMs').fill('400')
      await page.getByRole('button', { name: 'Inject', exact: true }).click()
      await page.getByRole('timer', { name: /latency ends in/ }).waitFor()
      await go('/map?as=list')
      await page.getByRole('row', { name: /gateway-na → products-na.*latency/ }).waitFor()
      await go('/faults')
      await page.getByRole('button', { name: 'Clear all' }).click()
      await page.getByRole('heading', { name: 'Nothing is broken on purpose' }).waitFor()
    })
  })
})
