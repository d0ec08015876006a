// What the console costs whoever looks at it: the weight of the first view, and a trace of ten thousand spans in a real browser.
// The API behind it is a stand-in that answers at once, so that what is measured is the console.
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { serveConsole } from '../../console/server/serve.ts'
import { consoleLink } from '../../console/server/session.ts'
import { chromiumPath, launchBrowser } from '../chromium.ts'
import { until } from '../until.ts'
import { type Figure, median } from './figure.ts'
import { type FrameWork, frameCategories, frameWork, quantile } from './frame-work.ts'
import { SPANS, serveTrace } from './large-trace.ts'

const ROUNDS = 7
const SCROLL_MS = 2_000
const TOKEN = 'a token for the benchmark only'
/** More in one go, and a frame is missed whatever the screen. */
const LONG_MS = 50

export async function benchConsole(root: string): Promise<Figure[]> {
  if (!chromiumPath) {
    process.stderr.write('  no chromium is installed: the console is not measured\n')
    return []
  }
  const jaeger = await serveTrace()
  const serving = await serveConsole(
    {
      host: '127.0.0.1',
      port: 0,
      jaegerUrl: `http://127.0.0.1:${(jaeger.address() as AddressInfo).port}`,
      prometheusUrl: undefined,
      controlUrl: undefined,
      shopUrl: undefined,
      otlpUrl: undefined,
      token: TOKEN,
      hosts: [],
      version: 'bench',
      parentPipe: false,
    },
    { webFolder: join(root, 'dist/console'), onError: (error) => console.error(error) },
  )
  const browser = await launchBrowser()
  try {
    return await measure(browser, `http://127.0.0.1:${serving.port}`)
  } finally {
    await browser.close()
    await serving.close()
    jaeger.close().closeAllConnections()
  }
}

async function measure(browser: Browser, url: string): Promise<Figure[]> {
  const first = await firstView(browser, url)
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  await page.goto(consoleLink(url, TOKEN))
  await page.locator('.connection', { hasText: 'live' }).waitFor()
  const openings: number[] = []
  const ownMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) openings.push(await openTrace(page, url))
  for (let round = 0; round < ROUNDS; round++) ownMs.push(await openTracedly(browser, page, url))
  const scrolled = await scroll(browser, page)
  await page.close()
  const { intervals, work, tasks } = scrolled
  const late = intervals.filter((ms) => ms > 25).length
  return [
    { name: 'console: first view, compressed', value: first.bytes / 1024, unit: 'kB', aim: '≤ 300' },
    { name: 'console: first view is usable', value: median(first.usableMs), unit: 'ms', aim: '≤ 1000' },
    { name: '  the slowest of its rounds', value: Math.max(...first.usableMs), unit: 'ms' },
    { name: `console: ${SPANS} spans, click to rows on screen`, value: median(openings), unit: 'ms', aim: '≤ 500' },
    { name: '  the slowest of its rounds', value: Math.max(...openings), unit: 'ms' },
    { name: '  of it the main thread’s own time', value: median(ownMs), unit: 'ms' },
    { name: '  scrolled: frames a second', value: 1000 / median(intervals), unit: '/s', aim: '60' },
    { name: '  scrolled: frames later than 25 ms', value: (late / intervals.length) * 100, unit: '%' },
    // What a machine without a graphics card says of a page: the picture is somebody else's work, script and layout are the page's own.
    { name: '  scrolled: main thread a frame, median', value: median(work), unit: 'ms', aim: '≤ 16.7' },
    { name: '  scrolled: main thread a frame, p95', value: quantile(work, 0.95), unit: 'ms', aim: '≤ 16.7' },
    {
      name: `  scrolled: tasks longer than ${LONG_MS} ms`,
      value: tasks.filter((ms) => ms > LONG_MS).length,
      unit: '',
    },
  ]
}

/** Set by the page itself, as soon as what was waited for has been painted: asking from outside would be answered late. */
const usableAt = `(() => {
  const look = () => document.querySelector('.trace-item')
    ? requestAnimationFrame(() => { globalThis.usableAtMs = performance.now() })
    : requestAnimationFrame(look)
  addEventListener('DOMContentLoaded', look)
})()`

async function firstView(browser: Browser, url: string): Promise<{ bytes: number; usableMs: number[] }> {
  const usableMs: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
    const page = await context.newPage()
    await page.addInitScript(usableAt)
    const sizes: Promise<number>[] = []
    page.on('response', (response) => {
      if (/\/assets\/|\/traces$/.test(new URL(response.url()).pathname)) {
        sizes.push(
          response
            .request()
            .sizes()
            // What is still on its way when the view is usable is none of the first view.
            .then(({ responseBodySize }) => responseBodySize)
            .catch(() => 0),
        )
      }
    })
    const link = new URL(consoleLink(url, TOKEN))
    link.pathname = '/traces'
    await page.goto(link.href, { waitUntil: 'commit' })
    await page.locator('.trace-item').first().waitFor()
    usableMs.push(await until('a painted view', () => page.evaluate<number>('globalThis.usableAtMs')))
    bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    await context.close()
  }
  return { bytes, usableMs }
}

/** ms from the click on a found trace until its rows have been painted. */
async function openTrace(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/traces`)
  await page.locator('.trace-link').first().waitFor()
  return page.evaluate<number>(`new Promise((resolve) => {
    const beganAt = performance.now()
    document.querySelector('.trace-link').click()
    const look = () => document.querySelector('.row')
      ? requestAnimationFrame(() => resolve(performance.now() - beganAt))
      : requestAnimationFrame(look)
    look()
  })`)
}

/** ms of the processor that the page's main thread takes from the click until its rows are there: as long as nothing else has to be done. */
async function openTracedly(browser: Browser, page: Page, url: string): Promise<number> {
  await page.goto(`${url}/traces`)
  await page.locator('.trace-link').first().waitFor()
  await browser.startTracing(page, { categories: frameCategories })
  await page.locator('.trace-link').first().click()
  await page.locator('.row').first().waitFor()
  const { tasks } = frameWork(await browser.stopTracing())
  return tasks.reduce((sum, ms) => sum + ms, 0)
}

/** What goes on while the rows of a large trace go by, in ms a frame. */
async function scroll(browser: Browser, page: Page): Promise<FrameWork & { intervals: number[] }> {
  await browser.startTracing(page, { categories: frameCategories })
  const intervals = await page.evaluate<number[]>(`new Promise((resolve) => {
    const rows = document.querySelector('.waterfall-rows')
    const frames = []
    const beganAt = performance.now()
    let before = beganAt
    const step = (now) => {
      if (now > before) frames.push(now - before)
      before = now
      rows.scrollTop += 120
      if (now - beganAt < ${SCROLL_MS}) requestAnimationFrame(step)
      else resolve(frames.slice(2))
    }
    requestAnimationFrame(step)
  })`)
  return { intervals, ...frameWork(await browser.stopTracing()) }
}
