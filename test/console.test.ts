// The console in a real browser, on a live cluster: the shell, the storefront, traces, and why some are slow.
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

describeInBrowser('the console', () => {
  let running: RunningCluster
  let browser: Browser
  beforeAll(async () => {
    running = await startTestCluster({ load: 10 })
    browser = await launchBrowser()
    const { jaeger } = running.cluster.urls
    await until(
      'checkouts',
      async () => {
        const { body } = await request(`${jaeger}/api/traces?service=orders&limit=30`)
        return ((await body.json()) as { data: unknown[] }).data.length >= 20
      },
      60_000,
    )
  })
  afterAll(async () => {
    await browser?.close()
    await running?.stop()
  })

  /** Runs with a page of the console, which may complain about nothing. */
  async function onPage(
    body: (page: Page, opened: ConsolePage) => Promise<void>,
    options?: Parameters<typeof openConsole>[2],
  ): Promise<void> {
    const opened = await openConsole(browser, running.cluster, options)
    try {
      await body(opened.page, opened)
      expect(opened.complaints).toEqual([])
    } finally {
      await opened.close()
    }
  }

  const spanNames = (page: Page) => page.locator('.row-name').allInnerTexts()

  test('opens by the link, whose key leaves the address at once, and nobody else comes in', async () => {
    await onPage(async (page) => {
      expect(page.url()).not.toContain('key')
      expect(await page.evaluate('document.cookie')).toBe('')
    })
    const stranger = await openConsole(browser, running.cluster, { signedOut: true })
    await stranger.page.getByText('You are not signed in').waitFor()
    expect(await stranger.page.locator('main').innerText()).toContain('npx faultline open')
    expect(await accessibilityFaults(stranger.page)).toEqual([])
    // The browser itself tells of the 401; that is all there is to tell.
    expect(stranger.complaints.filter((text) => !text.includes('401'))).toEqual([])
    await stranger.close()
  })

  test('a click in the storefront is the root of the trace that it leads to', { timeout: 90_000 }, async () => {
    await onPage(
      async (page, { go }) => {
        await go('/storefront')
        await page.locator('.product').first().waitFor()
        await shoot(page, 'storefront')
        expect(await accessibilityFaults(page)).toEqual([])
        await page.getByLabel('You are in').selectOption('eu')
        await page.getByLabel('Search the shop').fill('kettle')
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { name: '“kettle”' }).waitFor()
        await page.locator('.product').first().click()
        await page.getByRole('button', { name: 'Add to basket' }).click()
        await page.getByRole('link', { name: 'To the basket' }).waitFor()
        await shoot(page, 'product')
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
        await page.locator('.row').first().waitFor()
        // What the browser exported and what the nodes did arrive one after the other.
        const names = await until('the whole trace', async () => {
          await page.getByRole('button', { name: 'Reload' }).click()
          await page.locator('.row').first().waitFor()
          const names = await spanNames(page)
          return names[0]?.includes('check out') && names.length > 15 && names
        })
        expect(names[1]).toMatch(/browser.*→ POST \/api\/checkout/s)
        expect(names[2]).toMatch(/frontdoor-1.*POST/s)
        expect(names.some((name) => /payments-\d.*PUT \/charges\/:orderId/s.test(name))).toBe(true)
        await shoot(page, 'waterfall')
        await page.getByRole('button', { name: 'Graph' }).click()
        await page.locator('.graph-node').first().waitFor()
        await shoot(page, 'trace-graph')
        expect(await accessibilityFaults(page)).toEqual([])
        expect(page.url()).toContain('view=graph')
      },
      { theme: 'light' },
    )
  })

  test('finds traces, shows them as points and as a list, and says what sets the slow ones apart', async () => {
    await onPage(async (page, { go }) => {
      await go('/traces?service=orders&limit=50')
      await page.locator('.trace-item').first().waitFor()
      const count = await page.locator('.trace-item').count()
      expect(count).toBeGreaterThanOrEqual(20)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Slowest' }).click()
      await page.getByRole('heading', { name: 'What sets the slowest tenth apart' }).waitFor()
      expect(await page.locator('.trace-item').count()).toBeLessThan(count)
      expect(page.url()).toContain('why=slowest')
      await shoot(page, 'why')
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
    await onPage(async (page, { go }) => {
      await go('/traces?service=orders&limit=50')
      const boxes = page.locator('.trace-item input')
      await boxes.nth(0).check()
      await boxes.nth(1).check()
      await page.getByRole('link', { name: 'Compare the two' }).click()
      await page.getByRole('heading', { name: 'Two traces compared' }).waitFor()
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(3)
      await shoot(page, 'compare')
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  test('everything can be done by keyboard', async () => {
    await onPage(async (page, { go }) => {
      await go('/storefront')
      await page.locator('.product').first().waitFor()
      await page.keyboard.press('g')
      await page.keyboard.press('t')
      await page.locator('.trace-item').first().waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type('http.route=/orders')
      await page.getByLabel('Service').selectOption('orders')
      await page.getByLabel('Tags, or a trace id').press('Enter')
      await until('the search in the address', () => page.url().includes('tags='))
      await page.locator('.trace-link').first().waitFor()
      await page.locator('.trace-link').first().focus()
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
      await shoot(page, 'span')
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

  test('hostile names, values, events and logs are text and nothing else', async () => {
    const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>'
    const traceId = 'bad0bad0bad0bad0bad0bad0bad0bad0'
    await sendHostileTrace(running.cluster.urls.otlp, traceId, attack)
    await onPage(async (page, { go }) => {
      await until('the trace', async () => {
        const { statusCode, body } = await request(`${running.cluster.urls.jaeger}/api/traces/${traceId}`)
        await body.dump()
        return statusCode === 200
      })
      await go(`/traces/${traceId}?span=bad0bad0bad0bad1`)
      await page.getByRole('complementary', { name: 'Span' }).waitFor()
      expect(await page.locator('main').innerText()).toContain(attack)
      await page.getByRole('button', { name: 'Graph' }).click()
      await page.locator('.graph-node').first().waitFor()
      await go(`/traces?service=${encodeURIComponent(attack)}`)
      await page.locator('.trace-item').first().waitFor()
      await go(`/traces/compare/${traceId}/${traceId}`)
      await page.locator('tbody tr').first().waitFor()
      await go(`/traces?service=${encodeURIComponent('"><script>window.attacked=1</script>')}&tags=%3Cb%3E`)
      await page.getByRole('heading', { name: 'No trace matches' }).waitFor()
      expect(await page.evaluate('window.attacked')).toBeUndefined()
      expect(await page.locator('main script, main img[src="x"]').count()).toBe(0)
    })
  })

  test('a trace that is not there, and an address that leads nowhere, say what to do', async () => {
    const opened = await openConsole(browser, running.cluster)
    await opened.go('/traces/00000000000000000000000000000001')
    await opened.page.getByText('The trace could not be loaded').waitFor()
    await opened.go('/nowhere')
    await opened.page.getByText('There is no such page').waitFor()
    expect(opened.complaints.filter((text) => !text.includes('404'))).toEqual([])
    await opened.close()
  })

  test('is read on a phone without scrolling sideways', async () => {
    await onPage(
      async (page, { go }) => {
        for (const [path, ready] of [
          ['/storefront', '.product'],
          ['/traces?service=orders', '.trace-item'],
        ] as const) {
          await go(path)
          await page.locator(ready).first().waitFor()
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
          await shoot(page, `phone${path.split('?')[0]?.replaceAll('/', '-')}`)
        }
        await page.locator('.trace-link').first().click()
        await page.locator('.row').first().waitFor()
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
        await shoot(page, 'phone-waterfall')
      },
      { width: 390, height: 844, theme: 'light' },
    )
  })

  test('weighs little when it is first seen', async () => {
    const opened = await openConsole(browser, running.cluster, { signedOut: true })
    const bytes: number[] = []
    opened.page.on('response', async (response) => {
      const sizes = await response.request().sizes()
      bytes.push(sizes.responseBodySize)
    })
    await opened.page.goto(`${running.cluster.urls.console}/traces`, { waitUntil: 'networkidle' })
    const sum = bytes.reduce((total, size) => total + size, 0)
    expect(bytes.length).toBeGreaterThan(2)
    expect(sum).toBeLessThan(150_000)
    await opened.close()
  })
})

/** Sends a trace, and a log line of it, that has an attack wherever text may stand. */
async function sendHostileTrace(otlp: string, traceId: string, attack: string): Promise<void> {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const text = (key: string) => ({ key, value: { stringValue: attack } })
  const resource = { attributes: ['service.name', 'service.instance.id', 'cloud.region', 'service.version'].map(text) }
  const span = {
    traceId,
    spanId: 'bad0bad0bad0bad1',
    name: attack,
    kind: 3,
    startTimeUnixNano: String(nowNs),
    endTimeUnixNano: String(nowNs + 5_000_000n),
    attributes: [text(attack), text('db.system.name'), text('db.namespace')],
    events: [{ timeUnixNano: String(nowNs), name: 'exception', attributes: [text('exception.message')] }],
    status: { code: 2, message: attack },
  }
  const logRecord = {
    timeUnixNano: String(nowNs),
    traceId,
    spanId: span.spanId,
    body: { stringValue: attack },
    attributes: [text(attack)],
  }
  const send = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await request(`${otlp}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.statusCode).toBe(200)
    await answer.body.dump()
  }
  await send('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })
  await send('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [logRecord] }] }] })
}
