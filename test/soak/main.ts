// `npm run soak -- [--minutes 30] [--seed N] [--size small|full] [--load N] [--out FOLDER] [--plan]`: faults at random under load, the
// shop's invariants throughout, and a report. Ends with 1 when something did not hold or did not come back.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatSchedule } from '../../faults/schedules/schedule.ts'
import { leftOut, planSoak, type SoakSettings } from './plan.ts'
import { commandOf, isGreen, planLines, type SoakReport, toMarkdown } from './report.ts'
import { runSoak } from './run.ts'

const ONE_WISH_MS = 1_000
const DEFAULT_LOAD = { small: 15, full: 20 }

const whole = (what: string, min: number, max: number) => {
  const error = `${what} must be a whole number from ${min} to ${max}`
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error)
}
const Options = z.object({
  minutes: whole('--minutes', 1, 60).default(30),
  seed: whole('--seed', 0, 2 ** 31 - 1).optional(),
  size: z.enum(['small', 'full'], { error: '--size must be small or full' }).default('full'),
  load: whole('--load', 5, 200).optional(),
  out: z.string().default('data/soak'),
  plan: z.boolean().default(false),
})

async function main(): Promise<void> {
  const { minutes, seed = newSeed(), size, load, out, plan: planOnly } = readOptions()
  const settings: SoakSettings = { minutes, seed, size, load: load ?? DEFAULT_LOAD[size] }
  const plan = planSoak(settings)
  if (planOnly) {
    const missing = leftOut(size)
    console.log(planLines(plan).join('\n'))
    if (missing.length > 0) console.log(`\nnot in this size: ${missing.join(', ')}`)
    return
  }
  console.log(commandOf(settings))
  if (size === 'full')
    console.log('commits wait for a replica (synchronousReplication any), or a failover would lose some by design')
  const root = process.env['FAULTLINE_ROOT'] ?? process.cwd()
  const interrupt = new AbortController()
  const kill = new AbortController()
  let interruptedAtMs = 0
  const onSignal = () => {
    // One wish may arrive twice, from the terminal and from who started this process.
    if (interrupt.signal.aborted && performance.now() - interruptedAtMs < ONE_WISH_MS) return
    if (interrupt.signal.aborted) return kill.abort()
    interruptedAtMs = performance.now()
    interrupt.abort()
    console.log('interrupted: mending and auditing; once more ends it at once')
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const onLine = (text: string) => console.log(text)
  const report = await runSoak({ ...settings, root, signal: interrupt.signal, killSignal: kill.signal, onLine })
  writeReport(out, report)
  process.exitCode = isGreen(report) ? 0 : 1
}

function writeReport(folder: string, report: SoakReport): void {
  mkdirSync(folder, { recursive: true })
  const name = join(folder, `soak-${report.size}-${report.seed}`)
  const markdown = toMarkdown(report)
  writeFileSync(`${name}.md`, markdown)
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`\n${markdown}\n${name}.md and ${name}.json have it.`)
  if (isGreen(report)) return
  writeFileSync(`${name}.schedule.json`, formatSchedule(report.plan))
  console.log(`Again:  ${commandOf(report)}\nPlay:   npx faultline replay ${name}.schedule.json`)
}

function readOptions(): z.infer<typeof Options> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      size: { type: 'string' },
      load: { type: 'string' },
      out: { type: 'string' },
      plan: { type: 'boolean' },
    },
  })
  const result = Options.safeParse(values)
  if (result.success) return result.data
  throw new Error(result.error.issues.map(({ message }) => message).join('\n'))
}

/** Told with the report, so that it can be given again. */
function newSeed(): number {
  return Math.floor(Math.random() * 1_000_000)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  // What was waited for when everything was ended is not waited for any more.
  process.exit(1)
})
