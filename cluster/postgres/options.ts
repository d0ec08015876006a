/** What the caller asks for, checked before anything is touched. */
import { z } from 'zod'
import { PostgresError } from './errors.ts'
import { MAX_PORT } from './ports.ts'
import type { ServerExit } from './server.ts'

/** Roles of our own that no service may take. */
export const SUPERUSER = 'faultline'
export const REPLICATION_ROLE = 'faultline_replication'
const RESERVED = [SUPERUSER, REPLICATION_ROLE, 'postgres', 'template0', 'template1', 'public']

// Names become folders, slots and SQL identifiers.
const serverName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/)
const sqlName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,40}$/)
  .refine((name) => !RESERVED.includes(name) && !name.startsWith('pg_'), 'is reserved')
const password = z.string().min(8).max(200)

const optionsSchema = z.object({
  dataDir: z.string().min(1),
  nodes: z
    .array(
      z.object({
        name: serverName,
        region: z.string(),
        role: z.enum(['primary', 'replica']),
        /** Wanted port; a taken one is replaced by the next that is free. */
        port: z.int().min(1024).max(MAX_PORT).optional(),
        /** Delay between commit and visibility on a replica, as between regions. */
        applyDelayMs: z.int().min(0).max(86_400_000).default(0),
        /** Default: `<dataDir>/<name>.log`. */
        logFile: z.string().optional(),
      }),
    )
    .refine((nodes) => nodes.filter((node) => node.role === 'primary').length === 1, 'needs exactly one primary')
    .refine((nodes) => new Set(nodes.map((node) => node.name)).size === nodes.length, 'has a name twice'),
  databases: z.array(z.object({ name: sqlName, owner: sqlName, password })),
  roles: z.array(z.object({ name: sqlName, password, databases: z.array(sqlName) })).default([]),
})

/** The data of the options with defaults filled in. */
export type ClusterPlan = z.output<typeof optionsSchema>

/** Options of `startPostgres`. */
export interface PostgresOptions extends z.input<typeof optionsSchema> {
  /** Hears what is being done, in words, for a progress line. */
  onProgress?: (text: string) => void
  /** Hears of each server that died without having been asked to; whether it starts again is the listener's choice. */
  onExit?: (exit: ServerExit) => void
  /** Calls the start off. */
  signal?: AbortSignal
}

/** @throws PostgresError `bad-options`, naming what is wrong. */
export function parseOptions(options: PostgresOptions): ClusterPlan {
  const result = optionsSchema.safeParse(options)
  if (result.success) return checkReferences(result.data)
  throw new PostgresError('bad-options', `PostgreSQL options: ${z.prettifyError(result.error)}`)
}

function checkReferences(plan: ClusterPlan): ClusterPlan {
  const names = new Set(plan.databases.map(({ name }) => name))
  const unknown = plan.roles.flatMap((role) => role.databases).find((name) => !names.has(name))
  if (unknown !== undefined) throw new PostgresError('bad-options', `PostgreSQL options: no database "${unknown}".`)
  return plan
}
