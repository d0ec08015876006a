import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { serveConsole } from '../console/server/serve.ts'
import { serveStandIn } from './bench/stand-in-cluster.ts'
import { launchBrowser } from './chromium.ts'
import type { ConsoleCluster } from './console/console-cluster.ts'
import { openConsole } from './console/console-page.ts'
import { testEveryView } from './console/every-view.ts'
import { testHostile } from './console/hostile.ts'
import { testTraces } from './console/traces.ts'
import { testViews } from './console/views.ts'
const root = resolve(import.meta.dirname, '..')
describe('stand-in', () => {
  let browser: Browser
  let standIn: Awaited<ReturnType<typeof serveStandIn>>
  let serving: Awaited<ReturnType<typeof serveConsole>>
  const token = 'a token for the benchmark only'
  beforeAll(async () => {
    standIn = await serveStandIn()
    serving = await serveConsole({ host: '127.0.0.1', port: 0, jaegerUrl: `${standIn.url}/jaeger`, prometheusUrl: `${standIn.url}/prometheus`, controlUrl: `${standIn.url}/control`, shopUrl: undefined, otlpUrl: undefined, token, hosts: [], version: 'x', parentPipe: false }, { webFolder: join(root, 'dist/console'), onError: console.error })
    browser = await launchBrowser()
  })
  afterAll(async () => { await browser.close(); await serving.close(); standIn.close() })
  const urls = () => ({ console: `http://127.0.0.1:${serving.port}`, jaeger: `${standIn.url}/jaeger`, prometheus: `${standIn.url}/prometheus`, control: `${standIn.url}/control` }) as never
  const cluster: ConsoleCluster = {
    urls, access: () => ({ ...(urls() as object), token }) as never,
    openSignedOut: () => openConsole(browser, { urls: urls(), token }, { signedOut: true }),
    async onPage(body, { expected, ...options } = {}) {
      const opened = await openConsole(browser, { urls: urls(), token }, options)
      try { await body(opened.page, opened); expect(opened.complaints.filter((t) => !expected?.test(t))).toEqual([]) } finally { await opened.close() }
    },
    control: async () => ({}) as never,
    shoot: async (page, name) => { await page.screenshot({ path: `/tmp/shots/standin-${name}.png` }) },
  }
  testEveryView(cluster)
  testTraces(cluster)
  testViews(cluster)
  testHostile(cluster)
})
