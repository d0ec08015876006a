// `npm run console:rehearse [SCRIPTS…]`: plays the presenter's scripts to their end in a browser, on clusters of the size that they need,
// and prints how long the effect of each step took. For whoever is about to stand before an audience.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from '../../cluster/supervisor/cluster.ts'
import type { Script } from '../../console/presenter/script-schema.ts'
import { scripts } from '../../console/presenter/scripts.ts'
import { launchBrowser } from '../chromium.ts'
import { openConsole } from './console-page.ts'
import { playScript } from './play-script.ts'

const LOAD = 20

async function main(): Promise<void> {
  const wanted = process.argv.slice(2)
  const known = scripts.map(({ id }) => id)
  const unknown = wanted.filter((id) => !known.includes(id))
  if (unknown.length > 0) throw new Error(`there is no script ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const chosen = scripts.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  for (const size of ['small', 'full'] as const) {
    const own = chosen.filter((script) => script.size === size)
    if (own.length > 0) await rehearse(size, own)
  }
}

async function rehearse(size: 'small' | 'full', own: readonly Script[]): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-rehearse-'))
  const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
  const cluster = await startCluster({ root, dataDir, size, load: LOAD, seed: 1, ports: 'auto' })
  const stop = () => void cluster.stop().finally(() => process.exit(1))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const browser = await launchBrowser()
  try {
    for (const script of own) {
      console.log(`\n${script.title}`)
      const { page, complaints, go, close } = await openConsole(browser, cluster)
      await go('/present')
      const told = ({ title }: { title: string }, ms: number) =>
        console.log(`  ${title.padEnd(32)}${ms > 0 ? ` took effect after ${(ms / 1000).toFixed(1)} s` : ''}`)
      await playScript({ page, urls: cluster.urls, token: cluster.token, told }, script)
      if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`)
      await close()
    }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await browser.close()
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
