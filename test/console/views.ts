// The map with what can be done from it, dashboards with their exemplars, and the query box.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults } from './console-page.ts'

export function testViews(cluster: ConsoleCluster): void {
  test('the map shows every node and link, by keyboard too, and as a list', { timeout: 90_000 }, async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/map')
      await page.getByRole('button', { name: /^gateway-na .*, well/ }).waitFor()
      await page.getByRole('button', { name: /^orders-1 .*, well, [\d.]+ a second/ }).waitFor()
      await cluster.shoot(page, 'map')
      // Motion is not wanted by this browser: nothing is drawn that moves.
      expect(await page.locator('canvas.flow').count()).toBe(0)
      await page.getByRole('button', { name: /^orders-1 / }).focus()
      await page.keyboard.press('Enter')
      const details = page.getByRole('complementary', { name: 'Details of orders-1' })
      await details.getByRole('button', { name: 'Restart' }).waitFor()
      await details.locator('.sparkline strong', { hasText: /^\d/ }).first().waitFor()
      await details.locator('.log-lines li').first().waitFor()
      await cluster.shoot(page, 'map-node')
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
    })
  })

  test('nodes that scale and die are seen to, from the controls of the map', { timeout: 120_000 }, async () => {
    await cluster.onPage(async (page, { go }) => {
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
    await cluster.onPage(
      async (page, { go }) => {
        await go('/dashboards/faultline-shop?from=now-5m&to=now')
        await page.getByRole('heading', { name: 'Offered against answered load' }).waitFor()
        await page.locator('.stat-value').first().waitFor()
        await page.locator('.time-chart canvas').first().waitFor()
        await cluster.shoot(page, 'dashboard-shop')
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
      await cluster.onPage(
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
          await cluster.shoot(page, `dashboard-${name}`)
          expect(await accessibilityFaults(page)).toEqual([])
        },
        { height: 6000 },
      )
    },
  )

  test('a query: completed, drawn, tabled, and refused with its place', { timeout: 90_000 }, async () => {
    await cluster.onPage(async (page, { go, complaints }) => {
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
      await cluster.shoot(page, 'query')
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

  test('the map is in place at its first drawing', async () => {
    await cluster.onPage(async (page, { go }) => {
      await page.addInitScript(recordPlaces)
      await go('/map')
      await page.getByRole('button', { name: /^orders-1 / }).waitFor()
      await until('figures to come in', async () => (await page.evaluate<number>('globalThis.drawings')) > 2)
      expect(await page.evaluate('[...globalThis.places]')).toHaveLength(1)
    })
  })

  test('a click on an exemplar opens its trace', { timeout: 60_000 }, async () => {
    await cluster.onPage(
      async (page, { go }) => {
        await go('/dashboards/faultline-latency?from=now-5m&to=now&refresh=0')
        await page.locator('.time-chart canvas').first().waitFor()
        const place = await until('an exemplar under the pointer', () => findExemplar(page), 30_000)
        await page.mouse.click(place.x, place.y)
        await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
        await page.locator('.row').first().waitFor()
      },
      // Tall enough to have every chart in view.
      { height: 3_000 },
    )
  })
}

/** Where orders-1 stands, in units of the map, at each drawing. */
const recordPlaces = `globalThis.places = new Set(); globalThis.drawings = 0
new MutationObserver(() => {
  const node = [...document.querySelectorAll('.node')].find((each) => each.getAttribute('aria-label')?.startsWith('orders-1'))
  if (node) { globalThis.drawings += 1; globalThis.places.add(node.style.transform) }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })`

/** Feels over the charts in view until the pointer would open a trace. */
async function findExemplar(page: Page): Promise<{ x: number; y: number } | undefined> {
  for (const chart of await page.locator('.time-chart .u-over').all()) {
    const box = await chart.boundingBox()
    if (!box) continue
    // The chart talks to the pointer above it only.
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    const found = await page.evaluate<{ x: number; y: number } | undefined>(`(() => {
      const over = document.elementFromPoint(${x}, ${y}).closest('.u-over')
      const { left, top, width, height } = over.getBoundingClientRect()
      for (let x = left + 4; x < left + width; x += 7) {
        for (let y = top + 4; y < top + height; y += 7) {
          over.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: y, bubbles: true }))
          if (over.style.cursor === 'pointer') return { x, y }
        }
      }
      return undefined
    })()`)
    if (found) return found
  }
  return undefined
}
