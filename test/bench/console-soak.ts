// What an hour open costs a page of the console: its memory, after the garbage is collected, while views refresh and are walked through.
// Timers of the page run six times as fast, so that ten minutes hold an hour's refreshes; the APIs behind it are made up.
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { serveConsole } from '../../console/server/serve.ts'
import { consoleLink } from '../../console/server/session.ts'
import { chromiumPath, launchBrowser } from '../chromium.ts'
import { type Figure, median } from './figure.ts'
import { type StandIn, serveStandIn } from './stand-in-cluster.ts'

const TOKEN = 'a token for the benchmark only'
const FASTER = 6
const SAMPLES = 20
/** The first samples are of caches and compiled code that fill once. */
const WARM_UP = 6
/** Between two steps of the page that walks through the views. */
const STEP_MS = 1_500

/** In the page: whatever happens at an interval happens as much more often. Delays of single timers stay. */
const fasterIntervals = `{
  const standard = setInterval
  globalThis.setInterval = (run, ms, ...more) => standard(run, Math.max(250, ms / ${FASTER}), ...more)
}`

const stays = [
  ['map', '/map?node=orders-1'],
  ['dashboard', '/dashboards/faultline-latency?from=now-15m&to=now&refresh=5000'],
  ['traces', '/traces?service=orders&refresh=5000'],
] as const

const walk = [
  '/map',
  '/traces?service=orders',
  `/traces/${'1'.padStart(32, '0')}`,
  `/traces/${'2'.padStart(32, '0')}?view=graph`,
  '/dashboards/faultline-shop',
  '/query?expr=up&refresh=5000',
  '/dashboards/faultline-service',
  '/alerts',
  '/map?as=list',
]

type Sample = { atMs: number; heapBytes: number; nodes: number; listeners: number }

/** @param minutes to run; the figures are of the time that the page lived through, which is as much longer as its timers are faster */
export async function benchConsoleSoak(root: string, minutes: number): Promise<Figure[]> {
  if (!chromiumPath) {
    process.stderr.write('  no chromium is installed: the console is not measured\n')
    return []
  }
  const standIn = await serveStandIn()
  const serving = await serveConsole(
    {
      host: '127.0.0.1',
      port: 0,
      jaegerUrl: `${standIn.url}/jaeger`,
      prometheusUrl: `${standIn.url}/prometheus`,
      controlUrl: `${standIn.url}/control`,
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
    return await soak(browser, `http://127.0.0.1:${serving.port}`, standIn, minutes)
  } finally {
    await browser.close()
    await serving.close()
    standIn.close()
  }
}

async function soak(browser: Browser, url: string, standIn: StandIn, minutes: number): Promise<Figure[]> {
  const pages: { name: string; page: Page; cdp: CDPSession; samples: Sample[] }[] = []
  for (const [name, path] of [...stays, ['walk', walk[0] ?? '/']] as const) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
    const page = await context.newPage()
    await page.addInitScript(fasterIntervals)
    await page.goto(consoleLink(url, TOKEN))
    await page.locator('.connection', { hasText: 'live' }).waitFor()
    await page.goto(`${url}${path}`)
    pages.push({ name, page, cdp: await context.newCDPSession(page), samples: [] })
  }
  const walker = pages.at(-1)?.page
  const untilMs = performance.now() + minutes * 60_000
  let steps = 0
  const walking = (async () => {
    while (performance.now() < untilMs && walker) {
      steps += 1
      // As a link does: the page stays the same, and no load of it lets go of anything.
      const to = JSON.stringify(walk[steps % walk.length])
      await walker.evaluate(`history.pushState(null, '', ${to}); dispatchEvent(new PopStateEvent('popstate'))`)
      await walker.waitForTimeout(STEP_MS)
    }
  })()
  for (let sample = 0; sample < SAMPLES; sample++) {
    await pages[0]?.page.waitForTimeout((minutes * 60_000) / SAMPLES)
    for (const { cdp, samples, name } of pages) {
      const taken = await takeSample(cdp)
      samples.push(taken)
      process.stderr.write(`  ${name.padEnd(10)} ${(taken.heapBytes / 2 ** 20).toFixed(2)} MB, ${taken.nodes} nodes\n`)
    }
  }
  await walking
  const refreshes = standIn.asked.get('/control/v1/status') ?? 0
  return [
    ...pages.flatMap(({ name, samples }) => {
      const steady = samples.slice(WARM_UP)
      const slope = (of: (sample: Sample) => number) => slopePerHour(steady, of) / FASTER
      const last = samples.at(-1)?.heapBytes ?? 0
      return [
        {
          name: `console: an hour of ${name}, memory grows by`,
          value: slope((s) => s.heapBytes) / 2 ** 20,
          unit: 'MB',
          aim: '0',
        },
        { name: '  at the end', value: last / 2 ** 20, unit: 'MB' },
        { name: '  nodes of the page grow by', value: slope(({ nodes }) => nodes), unit: '' },
        { name: '  listeners grow by', value: slope(({ listeners }) => listeners), unit: '' },
      ]
    }),
    { name: `  in ${minutes} min: views walked through`, value: steps, unit: '' },
    { name: '  looked at the cluster', value: refreshes, unit: 'times' },
  ]
}

async function takeSample(cdp: CDPSession): Promise<Sample> {
  // Twice: what the first round finalizes, the second lets go.
  for (let round = 0; round < 2; round++) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  return { atMs: performance.now(), heapBytes: usedSize, nodes, listeners: jsEventListeners }
}

/** The median of the slopes between any two samples: one that was taken at a bad moment does not tilt it (Theil and Sen). */
function slopePerHour(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) => ((of(other) - of(one)) / (other.atMs - one.atMs)) * 3_600_000),
  )
  return median(slopes)
}
