// What a container is told: the variables of docker-compose.yml, read once, with the defaults of the image.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { nodeKinds } from '../topology/kinds.ts'

/** Where the volumes of docker-compose.yml are mounted in the image. */
const TOKEN_FILE = '/run/faultline/token/token'
const PASSWORDS_DIR = '/run/faultline/passwords'
const POSTGRES_PASSWORDS_DIR = '/run/faultline/postgres'
const MEDIA_DIR = '/var/lib/faultline/media'
const LEDGER_DIR = '/var/lib/faultline/ledger'
const CONTROL_DIR = '/var/lib/faultline/control'

const address = z.string().regex(/^[a-z0-9.-]+:\d{1,5}$/, 'must be host:port')

/** `postgres-na=host:port`, separated by commas, each of them what `createDatabaseServers` takes. */
function readServers(text: string, context: z.RefinementCtx): [name: string, address: string][] {
  return text.split(',').map((entry) => {
    const [name = '', at] = entry.split('=')
    if (!address.safeParse(at).success) context.addIssue('must be a list of name=host:port, separated by commas')
    return [name, at ?? '']
  })
}

const shared = {
  FAULTLINE_TOKEN_FILE: z.string().min(1).default(TOKEN_FILE),
  FAULTLINE_HOST: z.string().min(1).default('0.0.0.0'),
  FAULTLINE_VERSION: z.string().min(1),
}

const ContainerSettings = {
  control: z.object({
    ...shared,
    FAULTLINE_PORT: z.coerce.number().int().default(7070),
    FAULTLINE_DATA: z.string().min(1).default(CONTROL_DIR),
    FAULTLINE_LOAD: z.coerce.number().min(0).max(2_000).default(20),
    FAULTLINE_OTLP_URL: z.url(),
    FAULTLINE_JAEGER_URL: z.url(),
    FAULTLINE_PROMETHEUS_URL: z.url(),
    FAULTLINE_SHOP_URL: z.url(),
    /** All database servers, the primary first, and their superuser's password: for which commits count, and for faults of theirs. */
    FAULTLINE_POSTGRES_SERVERS: z.string().transform(readServers),
    FAULTLINE_POSTGRES_PASSWORDS_DIR: z.string().min(1).default(POSTGRES_PASSWORDS_DIR),
  }),
  secrets: z.object({
    FAULTLINE_TOKEN_FILE: shared.FAULTLINE_TOKEN_FILE,
    FAULTLINE_PASSWORDS_DIR: z.string().min(1).default(PASSWORDS_DIR),
    FAULTLINE_POSTGRES_PASSWORDS_DIR: z.string().min(1).default(POSTGRES_PASSWORDS_DIR),
  }),
  setup: z.object({
    FAULTLINE_PASSWORDS_DIR: z.string().min(1).default(PASSWORDS_DIR),
    FAULTLINE_POSTGRES_PASSWORDS_DIR: z.string().min(1).default(POSTGRES_PASSWORDS_DIR),
    FAULTLINE_MEDIA_DIR: z.string().min(1).default(MEDIA_DIR),
    FAULTLINE_POSTGRES: address,
    FAULTLINE_SEED: z.coerce.number().int().min(0).default(1),
  }),
  node: z.object({
    ...shared,
    FAULTLINE_PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
    FAULTLINE_KIND: z.enum(nodeKinds as [string, ...string[]]),
    FAULTLINE_REGION: z.string().min(1),
    FAULTLINE_CONTROL_URL: z.url({ protocol: /^http$/ }),
    FAULTLINE_OTLP_URL: z.url(),
    FAULTLINE_PASSWORDS_DIR: z.string().min(1).default(PASSWORDS_DIR),
    FAULTLINE_MEDIA_DIR: z.string().min(1).default(MEDIA_DIR),
    FAULTLINE_LEDGER_DIR: z.string().min(1).default(LEDGER_DIR),
    /** The primary, and the replica of the node's region when it reads one. */
    FAULTLINE_POSTGRES: address,
    FAULTLINE_POSTGRES_REPLICA: address.optional(),
    FAULTLINE_TELEMETRY: z.enum(['on', 'metrics', 'off']).default('on'),
    FAULTLINE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    FAULTLINE_SEED: z.coerce.number().int().min(0).default(1),
  }),
}

type Part = keyof typeof ContainerSettings
export type SettingsOf<P extends Part> = z.infer<(typeof ContainerSettings)[P]>

/** Throws one `Error` that names every variable at fault, and never its value. */
export function readSettings<P extends Part>(part: P, env: NodeJS.ProcessEnv): SettingsOf<P> {
  const result = ContainerSettings[part].safeParse({ FAULTLINE_VERSION: installedVersion(), ...env })
  // The schema of the part makes what its type says.
  if (result.success) return result.data as SettingsOf<P>
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`the environment of this container is not valid: ${faults.join('; ')}`)
}

/** The bundles lie in a folder beside package.json. */
function installedVersion(): string {
  const path = join(dirname(process.argv[1] ?? '.'), '../package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
