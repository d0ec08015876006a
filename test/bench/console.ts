// What the console costs whoever looks at it: the weight of the first view, and a trace of ten thousand spans in a real browser.
// The API behind it is a stand-in that answers at once, so that what is measured is the console.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { serveConsole } from '../../console/server/serve.ts'
import { consoleLink } from '../../console/server/session.ts'
import { chromiumPath, launchBrowser } from '../chromium.ts'
import { type Figure, median } from './figure.ts'

const SPANS = 10_000
const ROUNDS = 5
const SCROLL_MS = 2_000
const TOKEN = 'a token for the benchmark only'

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
  for (let round = 0; round < ROUNDS; round++) openings.push(await openTrace(page, url))
  const frames = await scrollFrames(page)
  await page.close()
  const slow = frames.filter((ms) => ms > 25).length
  return [
    { name: 'console: first view, compressed', value: first.bytes / 1024, unit: 'kB', aim: '≤ 300' },
    { name: 'console: first view is usable', value: first.usableMs, unit: 'ms', aim: '≤ 1000' },
    { name: `console: ${SPANS} spans, click to rows on screen`, value: median(openings), unit: 'ms', aim: '≤ 500' },
    { name: '  scrolled: frames a second', value: 1000 / median(frames), unit: '/s', aim: '60' },
    { name: '  scrolled: frames later than 25 ms', value: (slow / frames.length) * 100, unit: '%' },
  ]
}

async function firstView(browser: Browser, url: string): Promise<{ bytes: number; usableMs: number }> {
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
    const page = await context.newPage()
    const sizes: Promise<number>[] = []
    page.on('response', (response) => {
      if (/\/assets\/|\/$/.test(new URL(response.url()).pathname)) {
        sizes.push(
          response
            .request()
            .sizes()
            .then(({ responseBodySize }) => responseBodySize),
        )
      }
    })
    const link = new URL(consoleLink(url, TOKEN))
    link.pathname = '/traces'
    const beganAt = performance.now()
    await page.goto(link.href, { waitUntil: 'commit' })
    await page.locator('.trace-item').first().waitFor()
    times.push(performance.now() - beganAt)
    bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    await context.close()
  }
  return { bytes, usableMs: median(times) }
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

/** ms between frames while the rows of a large trace go by. */
function scrollFrames(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
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
}
