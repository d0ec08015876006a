// Traces: found, drawn, compared, asked why some are slow; by keyboard alone, too.
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults } from './console-page.ts'

export function testTraces(cluster: ConsoleCluster): void {
  test('finds traces, shows them as points and as a list, and says what sets the slow ones apart', async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/traces?service=orders&limit=50')
      await page.locator('.trace-item').first().waitFor()
      const count = await page.locator('.trace-item').count()
      expect(count).toBeGreaterThanOrEqual(20)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Slowest' }).click()
      await page.getByRole('heading', { name: 'What sets the slowest tenth apart' }).waitFor()
      expect(await page.locator('.trace-item').count()).toBeLessThan(count)
      expect(page.url()).toContain('why=slowest')
      await cluster.shoot(page, 'why')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Clear' }).click()
      const box = await page.locator('.scatter canvas').boundingBox()
      if (!box) throw new Error('no scatter')
      await page.mouse.move(box.x + 70, box.y + 12)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width - 20, box.y + 90, { steps: 4 })
      await page.mouse.up()
      await page.getByRole('heading', { name: 'What sets the traces in the box apart' }).waitFor()
      await page.getByLabel('Longer than').fill('fast')
      expect(await page.getByRole('alert').innerText()).toContain('100ms')
      await page.getByLabel('Longer than').fill('1h')
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await page.getByRole('heading', { name: 'No trace matches' }).waitFor()
    })
  })

  test('two traces are compared call by call', async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/traces?service=orders&limit=50')
      const boxes = page.locator('.trace-item input')
      await boxes.nth(0).check()
      await boxes.nth(1).check()
      await page.getByRole('link', { name: 'Compare the two' }).click()
      await page.getByRole('heading', { name: 'Two traces compared' }).waitFor()
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(3)
      await cluster.shoot(page, 'compare')
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  test('everything can be done by keyboard', async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/storefront')
      await page.locator('.product').first().waitFor()
      await page.keyboard.press('g')
      await page.keyboard.press('t')
      await page.locator('.trace-item').first().waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' })
      await page.keyboard.press('/')
      await page.keyboard.type('http.route=/orders')
      await page.getByLabel('Service').selectOption('orders')
      await page.getByLabel('Tags, or a trace id').press('Enter')
      await until('the search in the address', () => page.url().includes('tags='))
      await page.locator('.trace-link').first().waitFor()
      // The oldest: a young trace is drawn again while spans of it arrive.
      await page.locator('.trace-link').last().focus()
      await page.keyboard.press('Enter')
      await page.locator('.row').first().waitFor()
      await page.getByRole('tree').focus()
      const active = () => page.getByRole('tree').getAttribute('aria-activedescendant')
      const before = await page.locator('.row').count()
      expect(await active()).toBe('span-0')
      await page.keyboard.press('ArrowLeft')
      await until('the rows to fold', async () => (await page.locator('.row').count()) === 1)
      await page.keyboard.press('ArrowRight')
      await until('the rows to unfold', async () => (await page.locator('.row').count()) === before)
      await page.keyboard.press('ArrowDown')
      expect(await active()).toBe('span-1')
      await page.keyboard.press('Enter')
      await page.getByRole('complementary', { name: 'Span' }).waitFor()
      await cluster.shoot(page, 'span')
      expect(page.url()).toContain('span=')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('+')
      await until('to be zoomed', () => page.getByRole('button', { name: 'Whole trace' }).isEnabled())
      await page.keyboard.press('0')
      await until('to be whole again', () => page.getByRole('button', { name: 'Whole trace' }).isDisabled())
      await page.keyboard.press('Escape')
      await page.getByRole('complementary', { name: 'Span' }).waitFor({ state: 'detached' })
    })
  })

  test('colours tell services, nodes or regions apart; the names are made wider by keyboard, and stay so', async () => {
    await cluster.onPage(async (page, { go }) => {
      await go('/traces?service=orders&limit=50')
      await page.locator('.trace-link').first().click()
      await page.locator('.row').first().waitFor()
      const services = await page.getByRole('list', { name: 'Colours by service' }).innerText()
      expect(services).toContain('orders')
      await page.getByLabel('Colours by', { exact: true }).selectOption('region')
      const regions = page.getByRole('list', { name: 'Colours by region' })
      await regions.getByText('na', { exact: true }).waitFor()
      expect(page.url()).toContain('colour=region')
      const divider = page.getByRole('separator', { name: 'Width of the names' })
      const before = Number(await divider.getAttribute('aria-valuenow'))
      await divider.focus()
      await page.keyboard.press('ArrowRight')
      expect(Number(await divider.getAttribute('aria-valuenow'))).toBeGreaterThan(before)
      await page.reload()
      await regions.waitFor()
      expect(Number(await divider.getAttribute('aria-valuenow'))).toBeGreaterThan(before)
      await divider.dblclick()
      expect(Number(await divider.getAttribute('aria-valuenow'))).toBe(before)
    })
  })

  test('a trace that is not there, and an address that leads nowhere, say what to do', async () => {
    await cluster.onPage(
      async (page, { go }) => {
        await go('/traces/00000000000000000000000000000001')
        await page.getByText('The trace could not be loaded').waitFor()
        await go('/nowhere')
        await page.getByText('There is no such page').waitFor()
      },
      { expected: /404/ },
    )
  })
}
