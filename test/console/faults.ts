// The switchboard: faults and policies from the console, and what is seen of them on the map and on a dashboard.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults, phone, tooWide } from './console-page.ts'
import { waitForFault } from './fault-effect.ts'

export function testFaults(cluster: ConsoleCluster): void {
  test('a fault from the switchboard is seen on the map and a dashboard, and cleared by one button', {
    timeout: 120_000,
  }, async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/faults?fault=latency&from=gateway-na&to=products-na')
      const inject = page.getByRole('button', { name: 'Inject', exact: true })
      await inject.waitFor()
      await cluster.shoot(page, 'faults')
      await page.getByLabel('delayMs').fill('')
      expect(await inject.isDisabled()).toBe(true)
      await page.getByLabel('delayMs').fill('400')
      // By keyboard, as everything.
      await inject.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('timer', { name: /latency ends in/ }).waitFor()
      await cluster.onPage(async (map, opened) => {
        await opened.go('/map')
        await waitForFault(map)
        await cluster.shoot(map, 'map-fault')
        await opened.go('/dashboards/faultline-latency?from=now-5m&to=now')
        await map.getByLabel('Faults', { exact: true }).waitFor()
        await until('the fault on the dashboard', () => hasMark(map), 60_000)
      })
      await page.getByRole('button', { name: 'Clear all' }).click()
      await page.getByRole('heading', { name: 'Nothing is broken on purpose' }).waitFor()
    })
  })

  test('an alert says what to do, and is in the history when it is over, on a phone too', {
    timeout: 120_000,
  }, async () => {
    await cluster.control('POST', '/v1/faults', {
      fault: 'freeze',
      target: 'recommendations-1',
      forS: 90,
      secret: false,
    })
    try {
      await cluster.onPage(async (page, { go }) => {
        await go('/alerts')
        const card = page.locator('.alert-card', { hasText: 'NodeDown' })
        await card.getByText('firing', { exact: true }).waitFor({ timeout: 60_000 })
        expect(await card.getByText('faultline status').count()).toBe(1)
        await page.locator('.alert-history tbody tr', { hasText: 'NodeDown' }).getByText('still firing').waitFor()
        expect(await accessibilityFaults(page)).toEqual([])
        await cluster.shoot(page, 'alerts')
        await page.setViewportSize(phone)
        await expect.poll(() => tooWide(page)).toEqual([])
        await cluster.shoot(page, 'phone-alerts-firing')
        await cluster.control('DELETE', '/v1/faults')
        await card.waitFor({ state: 'detached', timeout: 60_000 })
        const past = page.locator('.alert-history tbody tr', { hasText: 'NodeDown' })
        await past.getByText('still firing').waitFor({ state: 'detached', timeout: 60_000 })
        await past.getByRole('link', { name: 'NodeDown' }).click()
        await page.waitForURL(/dashboards\/faultline-resources\?var-instance=recommendations-1/)
      })
    } finally {
      await cluster.control('DELETE', '/v1/faults')
    }
  })

  test('a policy is set, is in force, and goes back', { timeout: 60_000 }, async () => {
    type Policies = { calls: { caller: string; callee: string; values: Record<string, unknown> }[] }
    const inForce = async () => {
      const { calls } = await cluster.control<Policies>('GET', '/v1/policies')
      return calls.map(({ values }) => values['maxAttempts'])
    }
    await cluster.onPage(async (page, { go }) => {
      const before = await inForce()
      await go('/faults')
      await page.getByRole('tab', { name: 'Policies' }).click()
      const field = page.locator('#policy-maxAttempts')
      await field.fill('5')
      await field.press('Enter')
      await page.getByText(/^Changed in \d+ places/).waitFor()
      expect(new Set(await inForce())).toEqual(new Set([5]))
      const row = page.locator('.policy', { has: field })
      await row.getByText('changed', { exact: true }).waitFor()
      await cluster.shoot(page, 'policies')
      await field.fill('-1')
      expect(await field.getAttribute('aria-invalid')).toBe('true')
      await field.fill('5')
      await row.getByRole('button', { name: 'maxAttempts back to its default' }).click()
      await row.getByText('changed', { exact: true }).waitFor({ state: 'detached' })
      expect(await inForce()).toEqual(before)
    })
  })
}

/** Marks are drawn on a canvas; the box beside the pointer names those under it. */
async function hasMark(page: Page): Promise<boolean> {
  const chart = page.locator('.time-chart .u-over').first()
  await chart.scrollIntoViewIfNeeded()
  const box = await chart.boundingBox()
  if (!box) return false
  for (let x = box.x + box.width - 2; x > box.x + box.width * 0.4; x -= 6) {
    await page.mouse.move(x, box.y + box.height / 2)
    const texts = await page.locator('.chart-tip').first().allInnerTexts()
    if (texts.some((text) => /^fault: /m.test(text))) return true
  }
  return false
}
