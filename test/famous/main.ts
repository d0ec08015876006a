// `npm run faults:famous -- [IDS…] [--list]`: plays famous failures on real clusters, one of each size, and prints what was measured.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from '../../cluster/supervisor/cluster.ts'
import { clusterSizes } from '../../cluster/topology/nodes.ts'
import { type Outcome, play, type Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { list: { type: 'boolean', default: false } },
  })
  const ids = scenarios.map(({ id }) => id)
  if (values.list) return console.log(ids.join('\n'))
  const unknown = positionals.filter((id) => !ids.includes(id))
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${ids.join(', ')}`)
  const chosen = scenarios.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
  for (const size of clusterSizes) {
    const played = await playAll(
      size,
      chosen.filter((scenario) => scenario.size === size),
    )
    if (played.some(({ failure }) => failure !== undefined)) process.exitCode = 1
  }
}

async function playAll(size: (typeof clusterSizes)[number], chosen: readonly Scenario[]): Promise<Outcome[]> {
  if (chosen.length === 0) return []
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-famous-'))
  const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
  const cluster = await startCluster({ root, dataDir, size, load: 0, seed: 1, ports: 'auto' })
  const stop = () => void cluster.stop().finally(() => process.exit(1))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const outcomes: Outcome[] = []
  try {
    for (const scenario of chosen) {
      const outcome = await play(cluster, scenario)
      console.log(linesOf(outcome).join('\n'))
      outcomes.push(outcome)
    }
    return outcomes
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function linesOf({ id, seconds, figures, failure }: Outcome): string[] {
  const verdict = failure === undefined ? '✓' : '✗'
  return [
    `${verdict} ${id} (${seconds.toFixed(0)} s)`,
    ...figures.map(({ what, value }) => `    ${what}: ${value}`),
    ...(failure === undefined ? [] : [`    ✗ ${failure}`]),
  ]
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
