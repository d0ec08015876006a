// `npm run faults:verify`: holds the contract of each fault on real clusters, measures what it costs and what helps, and prints what came
// of it. `-- --help` tells the options. Exits with 1 when something did not hold, or was not come to.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { catalogue } from '../../faults/catalogue.ts'
import type { Fault } from '../../faults/fault.ts'
import { tableOf, withTable } from '../../faults/testing/table.ts'
import { Verified, withContract, withImpact } from '../../faults/testing/verified.ts'
import { runHealthy } from './healthy-run.ts'
import { stopOnSignals } from './lab-cluster.ts'
import { type Options, parseOptions } from './options.ts'
import { TaskQueue, tasksFor } from './queue.ts'
import { failed, heading, linesOf } from './report.ts'
import { type Result, verifyAll } from './verify.ts'

/** One fault's longest: its contract with the alert, and a phase for each of its remedies. */
const MINUTES_EACH = 5
const MOST_MINUTES = 240

const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
const files = { verified: resolve(root, 'faults/verified.json'), readme: resolve(root, 'faults/README.md') }

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const chosen = choose(options.ids)
  if (options.table) return writeTable(readVerified())
  stopOnSignals()
  if (options.healthy !== undefined) {
    if (!(await runHealthy({ size: options.size, seconds: options.healthy, faults: chosen }))) process.exitCode = 1
    return
  }
  await verify(chosen, options)
}

async function verify(chosen: readonly Fault[], options: Options): Promise<void> {
  const tasks = tasksFor(chosen, options)
  const jobs = Math.min(options.jobs, tasks.length)
  const limitMin =
    options.limitMin ?? Math.min(MOST_MINUTES, Math.ceil((tasks.length / Math.max(1, jobs)) * MINUTES_EACH))
  console.log(`${tasks.length} to verify, ${jobs} clusters at a time, ${limitMin} minutes at most\n\n${heading}`)
  const startMs = performance.now()
  const results: Result[] = []
  const queue = new TaskQueue(tasks)
  await verifyAll(queue, {
    jobs,
    alerts: options.alerts,
    endMs: startMs + limitMin * 60_000,
    onResult(result) {
      results.push(result)
      console.log(`${linesOf(result)}\n    ${results.length} of ${tasks.length} after ${minutesText(startMs)}`)
      // At once, so that a run that is cut short leaves what it has measured.
      if (options.write) write(result)
    },
  })
  const bad = results.filter(failed)
  const missed = queue.left.map(({ fault }) => fault.id)
  console.log(`\n${results.length - bad.length} held, ${bad.length} did not, in ${minutesText(startMs)}`)
  if (bad.length > 0) console.log(`did not hold: ${bad.map(({ task }) => task.fault.id).join(', ')}`)
  if (missed.length > 0) console.log(`not come to within the time: ${missed.join(', ')}`)
  if (bad.length + missed.length > 0) process.exitCode = 1
}

function choose(ids: readonly string[]): readonly Fault[] {
  const unknown = ids.filter((id) => !catalogue.some((fault) => fault.id === id))
  if (unknown.length === 0) return catalogue.filter(({ id }) => ids.length === 0 || ids.includes(id))
  throw new Error(`there is no fault ${unknown.join(', ')}; there are ${catalogue.map(({ id }) => id).join(', ')}`)
}

function write({ task: { fault, size }, verdict, impact }: Result): void {
  const verified = readVerified()
  const run = { date: new Date().toISOString().slice(0, 10), cores: availableParallelism(), size }
  const before = verified[fault.id] ?? {}
  const withVerdict = verdict ? withContract(before, run, verdict) : before
  const after = { ...verified, [fault.id]: impact ? withImpact(withVerdict, run, impact) : withVerdict }
  const ordered = Object.fromEntries(catalogue.flatMap(({ id }) => (after[id] ? [[id, after[id]]] : [])))
  writeFileSync(files.verified, `${JSON.stringify(ordered, null, 2)}\n`)
  writeTable(ordered)
}

function writeTable(verified: Verified): void {
  writeFileSync(files.readme, withTable(readFileSync(files.readme, 'utf8'), tableOf(catalogue, verified)))
}

function readVerified(): Verified {
  return Verified.parse(JSON.parse(readFileSync(files.verified, 'utf8')))
}

function minutesText(startMs: number): string {
  const seconds = Math.round((performance.now() - startMs) / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
