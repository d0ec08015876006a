// `npm run ledger:simulate`: runs schedules of the Raft core on all cores, and replays one drawn. The bundle is its own worker.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Drawing } from './drawing.ts'
import { type MutantName, mutants } from './mutants.ts'
import { type Outcome, runSchedule } from './simulation.ts'
import { addOutcome, emptyTally, formatTally, type Tally } from './tally.ts'

const MAX_SCHEDULES = 10_000_000
const MAX_FAILURES = 5
/** Schedules of one message to a worker. */
const BATCH = 50

const help = `usage: npm run ledger:simulate -- [options]

  --schedules N   how many (default 10000)
  --seed S        the first one's seed, the others follow (default 1)
  --threads N     worker threads (default: one a core)
  --draw          with --seed: replays that one schedule, drawn as a sequence
  --last N        lines of the drawing (default 150; 0: all)
  --heartbeats    draws empty AppendEntries and their answers too
  --mutant NAME   breaks the core on purpose; see --mutants
  --mutants       lists them`

type Batch = { from: number; count: number; mutant: string | undefined }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(availableParallelism()) },
      draw: { type: 'boolean', default: false },
      last: { type: 'string', default: '150' },
      heartbeats: { type: 'boolean', default: false },
      mutant: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return console.log(help)
  if (values.mutants) return console.log(Object.keys(mutants).join('\n'))
  if (values.mutant !== undefined) mutantOf(values.mutant)
  const seed = wholeNumber('--seed', values.seed, 0, 0xffff_ffff)
  if (values.draw) {
    draw(seed, values.mutant, wholeNumber('--last', values.last, 0, 1_000_000), values.heartbeats)
    return
  }
  const schedules = wholeNumber('--schedules', values.schedules, 1, MAX_SCHEDULES)
  const threads = wholeNumber('--threads', values.threads, 1, 64)
  const tally = await simulate({ from: seed, count: schedules, mutant: values.mutant }, threads)
  console.log(formatTally(tally))
  for (const { seed, failure } of tally.failures) {
    const mutant = values.mutant ? ` --mutant '${values.mutant}'` : ''
    console.log(`\nseed ${seed}: ${failure?.property} violated\n  ${failure?.message}`)
    console.log(`  npm run ledger:simulate -- --seed ${seed} --draw${mutant}`)
  }
  if (tally.failures.length > 0) process.exitCode = 1
}

function draw(seed: number, mutant: string | undefined, last: number, heartbeats: boolean): void {
  const drawing = new Drawing({ last: last === 0 ? Number.POSITIVE_INFINITY : last, heartbeats })
  const { failure } = runSchedule(seed, mutant === undefined ? {} : mutantOf(mutant), (happening) =>
    drawing.add(happening),
  )
  console.log(drawing.text())
  console.log(failure ? `\n${failure.property} violated: ${failure.message}` : '\nno property was violated')
  if (failure) process.exitCode = 1
}

/** Ends early when enough has failed. */
async function simulate({ from, count, mutant }: Batch, threads: number): Promise<Tally> {
  const tally = emptyTally()
  let next = from
  const end = from + count
  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'simulator' })
      const giveWork = () => {
        const batch: Batch = { from: next, count: Math.min(BATCH, end - next), mutant }
        next += batch.count
        if (batch.count > 0 && tally.failures.length < MAX_FAILURES) worker.postMessage(batch)
        else void worker.terminate().then(() => resolve())
      }
      worker.on('error', reject)
      worker.on('message', (outcomes: Outcome[]) => {
        for (const outcome of outcomes) addOutcome(tally, outcome)
        if (process.stderr.isTTY) process.stderr.write(`\r${tally.schedules} of ${count} schedules`)
        giveWork()
      })
      giveWork()
    })
  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(count / BATCH)) }, runOne))
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  return tally
}

function work(): void {
  parentPort?.on('message', ({ from, count, mutant }: Batch) => {
    const broken = mutant === undefined ? {} : mutantOf(mutant)
    parentPort?.postMessage(Array.from({ length: count }, (_, index) => runSchedule(from + index, broken)))
  })
}

function mutantOf(name: string) {
  if (!Object.hasOwn(mutants, name)) throw new RangeError(`no mutant is named '${name}'; --mutants lists them`)
  return mutants[name as MutantName]
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${option} must be a whole number from ${min} to ${max}, not '${text}'`)
  }
  return value
}

if (!isMainThread && workerData === 'simulator') work()
else {
  main().catch((error: unknown) => {
    console.error(`ledger:simulate: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  })
}
