// One small cluster under load and one browser for all tests of the console, and pages that may complain about nothing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { request } from 'undici'
import { afterAll, beforeAll, expect } from 'vitest'
import { launchBrowser } from '../chromium.ts'
import { type RunningCluster, startTestCluster } from '../running-cluster.ts'
import { until } from '../until.ts'
import { type ConsolePage, type ConsolePageOptions, openConsole } from './console-page.ts'

/** Where screenshots go, when they are wanted. */
const screenshots = process.env['FAULTLINE_SCREENSHOTS']

export type ConsoleCluster = {
  urls(): RunningCluster['cluster']['urls']
  /** What somebody beside the console needs to ask the same. */
  access(): { control: string; prometheus: string; token: string }
  /** A page for whoever comes without the link. */
  openSignedOut(): Promise<ConsolePage>
  /** Runs with a page, which may complain about nothing but `expected`: what a browser tells of answers that a test asked for. */
  onPage(
    body: (page: Page, opened: ConsolePage) => Promise<void>,
    options?: ConsolePageOptions & { expected?: RegExp },
  ): Promise<void>
  /** Asks the control plane, as somebody beside the console would. */
  control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T>
  /** Keeps what is shown, when it is wanted. */
  shoot(page: Page, name: string): Promise<void>
}

/** Starts both before the tests of the block that it is called in, and ends them afterwards. */
export function useConsoleCluster(): ConsoleCluster {
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
  return {
    urls: () => running.cluster.urls,
    access: () => ({ ...running.cluster.urls, token: running.cluster.token }),
    openSignedOut: () => openConsole(browser, running.cluster, { signedOut: true }),
    async onPage(body, { expected, ...options } = {}) {
      const opened = await openConsole(browser, running.cluster, options)
      try {
        await body(opened.page, opened)
        expect(opened.complaints.filter((text) => !expected?.test(text))).toEqual([])
      } finally {
        await opened.close()
      }
    },
    async control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
      const { urls, token } = running.cluster
      const answer = await request(`${urls.control}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body ? JSON.stringify(body) : null,
      })
      const text = await answer.body.text()
      expect(answer.statusCode, text).toBeLessThan(300)
      // The control plane's own contract.
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    async shoot(page, name) {
      if (!screenshots) return
      mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, `${name}.png`) })
    },
  }
}
