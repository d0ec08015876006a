// What holds of each view alike: for screen readers and keyboards, in both themes, on a projector and on a phone; and what it weighs.
import type { Page } from 'playwright-core'
import { request } from 'undici'
import { expect, test } from 'vitest'
import type { ConsoleCluster } from './console-cluster.ts'
import { accessibilityFaults, phone, tooWide } from './console-page.ts'

const promQl = encodeURIComponent('sum by (service) (rate(http_server_request_duration_seconds_count[30s]))')

/** Path, and what is there when there is something to see. `TRACE` stands for a checkout's. */
const views = [
  ['/map', '.node'],
  ['/map?as=list', 'tbody tr'],
  ['/traces?service=orders', '.trace-item'],
  ['/traces/TRACE', '.row'],
  ['/traces/TRACE?view=graph', '.graph-node'],
  ['/storefront', '.product'],
  ['/dashboards/faultline-shop?from=now-5m&to=now', '.stat-value'],
  [`/query?expr=${promQl}&from=now-5m&to=now&refresh=2000`, '.query-legend'],
  ['/faults', '.fault-list button'],
  ['/faults?tab=policies', '.policy'],
  ['/alerts', '.alerts-view'],
  ['/present', '.scripts button'],
] as const

const projector = { width: 1280, height: 720 }

export function testEveryView(cluster: ConsoleCluster): void {
  test.each(views)(
    '%s: accessible in both themes, no wider than a projector or a phone',
    {
      timeout: 60_000,
    },
    async (path, ready) => {
      const trace = path.includes('TRACE') ? await someTrace(cluster) : ''
      await cluster.onPage(
        async (page, { go }) => {
          await go(path.replace('TRACE', trace))
          await shows(page, ready)
          expect(await tooWide(page)).toEqual([])
          expect(await accessibilityFaults(page)).toEqual([])
          await page.emulateMedia({ colorScheme: 'light' })
          await page.locator('html[data-theme="light"]').waitFor()
          expect(await accessibilityFaults(page, { only: 'colours' })).toEqual([])
          await page.setViewportSize(phone)
          await shows(page, ready)
          // What is drawn learns its new width a frame later.
          await expect.poll(() => tooWide(page)).toEqual([])
          await cluster.shoot(page, `phone${path.split('?')[0]?.replaceAll('/', '-').replace('TRACE', 'one')}`)
        },
        { ...projector, theme: 'dark' },
      )
    },
  )

  test('weighs little when it is first seen', async () => {
    const opened = await cluster.openSignedOut()
    const bytes: number[] = []
    opened.page.on('response', async (response) => {
      const sizes = await response.request().sizes()
      bytes.push(sizes.responseBodySize)
    })
    await opened.page.goto(`${cluster.urls().console}/traces`, { waitUntil: 'networkidle' })
    const sum = bytes.reduce((total, size) => total + size, 0)
    expect(bytes.length).toBeGreaterThan(2)
    expect(sum).toBeLessThan(200_000)
    await opened.close()
  })
}

/** Rejects with what is shown instead. */
async function shows(page: Page, ready: string): Promise<void> {
  try {
    await page.locator(ready).first().waitFor()
  } catch (cause) {
    throw new Error(`there is no ${ready}, but: ${await page.locator('main').innerText()}`, { cause })
  }
}

async function someTrace(cluster: ConsoleCluster): Promise<string> {
  const { body } = await request(
    `${cluster.urls().jaeger}/api/traces?service=orders&operation=POST%20%2Forders&limit=1`,
  )
  const { data } = (await body.json()) as { data: { traceID: string }[] }
  return data[0]?.traceID ?? ''
}
