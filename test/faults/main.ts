// `npm run faults:verify [IDS…] [-- --no-alerts] [--full]`: holds the contract of each fault on a real cluster, and prints what came of
// it. `--no-alerts` does not wait for alerts; `--full` takes the cluster of three regions for those, too, that one region shows.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from '../../cluster/supervisor/cluster.ts'
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import { catalogue } from '../../faults/catalogue.ts'
import type { Fault } from '../../faults/fault.ts'
import { type Verdict, verifyFault } from '../../faults/testing/contract.ts'
import { openLab } from '../../faults/testing/lab.ts'

const LOAD: Record<ClusterSize, number> = { small: 25, full: 30 }

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const quick = args.includes('--no-alerts')
  const wanted = args.filter((word) => !word.startsWith('--'))
  const unknown = wanted.filter((id) => !catalogue.some((fault) => fault.id === id))
  if (unknown.length > 0)
    throw new Error(`there is no fault ${unknown.join(', ')}; there are ${catalogue.map(({ id }) => id).join(', ')}`)
  const chosen = catalogue.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  // One cluster for all that a region shows, and one for those that need several; or that one for all.
  const fitsSmall = ({ example }: Fault) => example.small !== null && !args.includes('--full')
  const small = await verifyOn('small', chosen.filter(fitsSmall), quick)
  const rest = chosen.filter((fault) => !fitsSmall(fault))
  const verdicts = [...small, ...(await verifyOn('full', rest, quick))]
  if (verdicts.some(({ failures }) => failures.length > 0)) process.exitCode = 1
}

async function verifyOn(size: ClusterSize, faults: readonly Fault[], quick: boolean): Promise<Verdict[]> {
  if (faults.length === 0) return []
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-verify-'))
  const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
  const cluster = await startCluster({ root, dataDir, size, load: LOAD[size], seed: 1, ports: 'auto' })
  const stop = () => void cluster.stop().finally(() => process.exit(1))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    console.log(
      `\n${size} cluster, ${LOAD[size]} requests/s\n${row('FAULT', 'WHERE', 'METRICS', 'TRACES', 'ALERT', 'CLEARED')}`,
    )
    return await verifyAll(cluster, size, faults, quick)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function verifyAll(
  cluster: Cluster,
  size: ClusterSize,
  faults: readonly Fault[],
  quick: boolean,
): Promise<Verdict[]> {
  const lab = openLab({ ...cluster.urls, token: cluster.token })
  const verdicts: Verdict[] = []
  for (const fault of faults) {
    const injection = fault.example[size]
    if (!injection) continue
    const verdict = await verifyFault(lab, fault, injection, { alerts: !quick })
    verdicts.push(verdict)
    console.log(rowOf(verdict))
    // What it costs customers, without and with each remedy, is measured here.
  }
  return verdicts
}

function rowOf({ fault, injection, metricsS, tracesS, alertS, clearedS, failures }: Verdict): string {
  const where =
    injection.target ?? (injection.from === undefined ? 'the cluster' : `${injection.from} → ${injection.to}`)
  const seconds = (value: Verdict['alertS']) =>
    typeof value === 'number' ? `${value.toFixed(1)} s` : { none: '–', on: 'was on', null: 'NO' }[`${value}`]
  const cells = row(fault, where, seconds(metricsS), seconds(tracesS), seconds(alertS), seconds(clearedS))
  return [cells, ...failures.map((failure) => `    ✗ ${failure}`)].join('\n')
}

function row(fault: string, where: string, ...figures: string[]): string {
  return [fault.padEnd(18), where.padEnd(28), ...figures.map((figure) => figure.padStart(8))].join(' ')
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
