// Entry of every node's container: finds out which node it is, and becomes it. A bundle of its own, for what it loads stays in memory.
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { LeaseBody } from '../control-plane/lease-contract.ts'
import { readSecret } from './make-secrets.ts'
import { containerEnvironment } from './node-environment.ts'
import { readSettings } from './settings.ts'
import { takeLease } from './take-lease.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)

async function main(): Promise<void> {
  const settings = readSettings('node', process.env)
  const token = readSecret(settings.FAULTLINE_TOKEN_FILE)
  const { FAULTLINE_HOST: host, FAULTLINE_PORT: port } = settings
  // The control plane refuses a region that is none.
  const place = { kind: settings.FAULTLINE_KIND, region: settings.FAULTLINE_REGION } as Pick<
    LeaseBody,
    'kind' | 'region'
  >
  const node = await takeLease(
    // One that listens everywhere is reached where it asks from.
    { ...place, holder: process.env['FAULTLINE_HOLDER'] ?? hostname(), port, ...(host === '0.0.0.0' ? {} : { host }) },
    { controlUrl: settings.FAULTLINE_CONTROL_URL, token, onRetry: say },
  )
  Object.assign(process.env, containerEnvironment(node, settings, token))
  const program = join(dirname(process.argv[1] ?? '.'), 'node.cjs')
  process.argv[1] = program
  createRequire(program)(program)
}

main().catch((error: unknown) => {
  say(`this container's node could not start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
