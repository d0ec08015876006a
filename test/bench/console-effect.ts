// How long a fault from the switchboard takes to be seen: from the click to its mark and its figure on the map, and to the lines and the
// margin of a dashboard. On a real cluster, for it is the whole way that counts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { buildIfChanged } from '../../cluster/bin/build.js'
import { type Cluster, startCluster } from '../../cluster/supervisor/cluster.ts'
import { chromiumPath, launchBrowser } from '../chromium.ts'
import { openConsole } from '../console/console-page.ts'
import { waitForFault } from '../console/fault-effect.ts'
import { until } from '../until.ts'
import { type Figure, median } from './figure.ts'

const LOAD = 20
const ROUNDS = 3
const LONG_MS = 60_000
const switchboard = '/faults?fault=latency&from=gateway-na&to=products-na'
const dashboard = '/dashboards/faultline-service?var-service=gateway&from=now-5m&to=now'

export async function benchConsoleEffect(root: string): Promise<Figure[]> {
  if (!chromiumPath) {
    process.stderr.write('  no chromium is installed: the console is not measured\n')
    return []
  }
  await buildIfChanged(root)
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-bench-'))
  const cluster = await startCluster({ root, dataDir, size: 'small', load: LOAD, seed: 1, ports: 'auto' })
  const browser = await launchBrowser()
  try {
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await injectOnce(browser, cluster))
    const of = (name: keyof Round) => median(rounds.map((round) => round[name]))
    return [
      { name: 'console: click to the fault on the map', value: of('markMs') / 1000, unit: 's', aim: '≤ 5' },
      { name: '  to the wait that it causes, on the map', value: of('figureMs') / 1000, unit: 's', aim: '≤ 5' },
      { name: '  to the lines of a dashboard', value: of('lineMs') / 1000, unit: 's', aim: '≤ 5' },
    ]
  } finally {
    await browser.close()
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Round = { markMs: number; figureMs: number; lineMs: number }

async function injectOnce(browser: Browser, cluster: Cluster): Promise<Round> {
  // The dashboard is tall enough to have all in view.
  const heights = [720, 3_000, 720]
  const [map, lines, board] = await Promise.all(heights.map((height) => openConsole(browser, cluster, { height })))
  if (!map || !lines || !board) throw new Error('there are not three pages')
  await Promise.all([map.go('/map'), lines.go(dashboard), board.go(switchboard)])
  await map.page.getByRole('button', { name: /^gateway-na .*p95/ }).waitFor()
  await until('the dashboard', async () => (await shownWait(lines.page)) !== undefined, LONG_MS)
  await until('all to be well', async () => ((await shownWait(lines.page)) ?? 1) < 0.3, LONG_MS)
  await board.page.getByLabel('delayMs').fill('500')
  const inject = board.page.getByRole('button', { name: 'Inject', exact: true })
  await inject.waitFor()
  const beganAt = performance.now()
  await inject.click()
  const [seen, lineMs] = await Promise.all([
    waitForFault(map.page),
    until('the dashboard to show it', async () => ((await shownWait(lines.page)) ?? 0) > 0.4, LONG_MS).then(
      () => performance.now() - beganAt,
    ),
  ])
  await board.page.getByRole('button', { name: 'Clear all' }).click()
  await board.page.getByRole('heading', { name: 'Nothing is broken on purpose' }).waitFor()
  await Promise.all([map, lines, board].map(({ close }) => close()))
  return { ...seen, lineMs }
}

/** Seconds at the end of the line of products, among the calls of gateway; undefined while nothing is drawn. */
async function shownWait(page: Page): Promise<number | undefined> {
  const labels = await page
    .locator('.time-chart')
    .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  for (const label of labels) {
    const [, value, unit] = /^What it waits for its callees.*products ([\d.]+) (µs|ms|s)/.exec(label ?? '') ?? []
    if (value) return Number(value) / (unit === 's' ? 1 : unit === 'ms' ? 1e3 : 1e6)
  }
  return undefined
}
