// `npm run bench [PART …] [--json]`: measures start-up, memory, what telemetry and injection points cost, the telemetry backend, traces
// and metrics, the dashboards' queries, the ledger, and the console in a browser; prints a table or JSON. `console-soak` takes minutes,
// `--minutes` of them, and is measured only when it is named.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { benchBackend } from '../../otel/backend/bench.ts'
import { benchConsole } from './console.ts'
import { benchConsoleEffect } from './console-effect.ts'
import { benchConsoleSoak } from './console-soak.ts'
import { benchDashboards } from './dashboards.ts'
import { benchFaults } from './faults.ts'
import { type Figure, formatFigures, machine } from './figure.ts'
import { benchLedger } from './ledger.ts'
import { benchMemory } from './memory.ts'
import { benchMetricsBackend } from './metrics.ts'
import { benchScrapeCost } from './scrape-cost.ts'
import { benchStartUp } from './start-up.ts'
import { benchTelemetryCost } from './telemetry-cost.ts'

/** The bundle lies in dist/, and runs from anywhere. */
const root = resolve(process.argv[1] ?? '.', '../..')

const parts: Record<string, (minutes: number) => Promise<Figure[]>> = {
  'start-up': () => benchStartUp(root),
  memory: () => benchMemory(root),
  telemetry: async () => [...(await benchTelemetryCost(root)), ...(await benchScrapeCost(root))],
  backend: benchBackend,
  metrics: benchMetricsBackend,
  dashboards: () => benchDashboards(root),
  faults: benchFaults,
  ledger: () => benchLedger(root),
  console: () => benchConsole(root),
  'console-effect': () => benchConsoleEffect(root),
  'console-soak': (minutes) => benchConsoleSoak(root, minutes),
}

/** Measured only when asked for by name. */
const onlyByName = new Set(['console-soak'])

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(parts).filter((name) => !onlyByName.has(name))
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
  const unknown = names.filter((name) => !Object.hasOwn(parts, name))
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) process.exitCode = 1
    console.log(`usage: npm run bench -- [${Object.keys(parts).join('] [')}] [--json] [--minutes 10]`)
    return
  }
  const figures: Figure[] = []
  for (const name of names) {
    process.stderr.write(`measuring ${name} …\n`)
    figures.push(...((await parts[name]?.(minutes)) ?? []))
  }
  console.log(values.json ? JSON.stringify({ machine: machine(), figures }, null, 2) : formatFigures(figures))
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
