// The environment of a node, read once. A setting that nobody changes is a constant where it is used, not an entry here.
import { z } from 'zod'
import { NodeRegion } from './control/document.ts'

const NodeEnvironment = z.object({
  FAULTLINE_NODE: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a name such as orders-1'),
  FAULTLINE_REGION: NodeRegion,
  FAULTLINE_HOST: z.string().default('127.0.0.1'),
  FAULTLINE_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  FAULTLINE_CONTROL_URL: z.url({ protocol: /^wss?$/ }),
  FAULTLINE_TOKEN: z.string().min(16),
  FAULTLINE_DATABASE_URL: z.url().optional(),
  FAULTLINE_DATABASE_REPLICA_URL: z.url().optional(),
  FAULTLINE_DATABASE_REGION: NodeRegion.default('na'),
  FAULTLINE_SESSION_SECRET: z.string().min(32).optional(),
  FAULTLINE_MEDIA_DIR: z.string().min(1).optional(),
  FAULTLINE_LEDGER_DIR: z.string().min(1).optional(),
  FAULTLINE_LEDGER_FOUNDERS: z
    .string()
    .min(1)
    .transform((names) => names.split(','))
    .optional(),
  FAULTLINE_JOURNEYS: z.string().min(1).optional(),
  FAULTLINE_SEED: z.coerce.number().int().default(1),
  FAULTLINE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  FAULTLINE_PARENT_PIPE: z.stringbool().default(false),
})

export type NodeConfig = {
  node: string
  region: NodeRegion
  host: string
  port: number
  control: { url: string; token: string }
  database: { primaryUrl: string | undefined; replicaUrl: string | undefined; primaryRegion: NodeRegion }
  sessionSecret: string | undefined
  mediaDir: string | undefined
  ledger: { folder: string | undefined; founders: string[] | undefined }
  journeysFile: string | undefined
  seed: number
  logLevel: string
  parentPipe: boolean
}

/** Throws one `Error` that names every variable at fault, and never its value. */
export function readConfig(environment: NodeJS.ProcessEnv): NodeConfig {
  const result = NodeEnvironment.safeParse(environment)
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`this node's environment is not valid: ${faults.join('; ')}`)
  }
  const env = result.data
  return {
    node: env.FAULTLINE_NODE,
    region: env.FAULTLINE_REGION,
    host: env.FAULTLINE_HOST,
    port: env.FAULTLINE_PORT,
    control: { url: env.FAULTLINE_CONTROL_URL, token: env.FAULTLINE_TOKEN },
    database: {
      primaryUrl: env.FAULTLINE_DATABASE_URL,
      replicaUrl: env.FAULTLINE_DATABASE_REPLICA_URL,
      primaryRegion: env.FAULTLINE_DATABASE_REGION,
    },
    sessionSecret: env.FAULTLINE_SESSION_SECRET,
    mediaDir: env.FAULTLINE_MEDIA_DIR,
    ledger: { folder: env.FAULTLINE_LEDGER_DIR, founders: env.FAULTLINE_LEDGER_FOUNDERS },
    journeysFile: env.FAULTLINE_JOURNEYS,
    seed: env.FAULTLINE_SEED,
    logLevel: env.FAULTLINE_LOG_LEVEL,
    parentPipe: env.FAULTLINE_PARENT_PIPE,
  }
}

/** A setting that this kind of node can't do without. Throws an `Error` that names its variable. */
export function required<T>(value: T | undefined, variable: string): T {
  if (value === undefined) throw new Error(`this node needs ${variable} in its environment`)
  return value
}
