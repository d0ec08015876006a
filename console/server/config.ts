// The configuration of the console's server, from the environment.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const url = z
  .url({ protocol: /^https?$/ })
  .transform((text) => text.replace(/\/+$/, ''))
  .optional()

const Environment = z.object({
  FAULTLINE_HOST: z.string().min(1).default('127.0.0.1'),
  /** Port 0 takes a free one, which the line printed at the start names. */
  FAULTLINE_CONSOLE_PORT: z.coerce.number().int().min(0).max(65_535).default(7080),
  FAULTLINE_JAEGER_URL: url,
  FAULTLINE_PROMETHEUS_URL: url,
  FAULTLINE_CONTROL_URL: url,
  FAULTLINE_SHOP_URL: url,
  FAULTLINE_OTLP_URL: url,
  /** The run's: sent to the control plane, and what sessions are bound to. FAULTLINE_TOKEN_FILE names a file that holds it. */
  FAULTLINE_TOKEN: z.string().min(16),
  /** Further names that the Host header may have, for a console behind a port of another machine. */
  FAULTLINE_CONSOLE_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.toLowerCase().split(',').filter(Boolean)),
  FAULTLINE_VERSION: z.string().default(''),
  /** `1`: stop when standard input closes, because the parent that held it is gone. */
  FAULTLINE_PARENT_PIPE: z.enum(['0', '1']).default('0'),
})

export type ConsoleConfig = {
  host: string
  port: number
  jaegerUrl: string | undefined
  prometheusUrl: string | undefined
  controlUrl: string | undefined
  shopUrl: string | undefined
  otlpUrl: string | undefined
  token: string
  hosts: string[]
  version: string
  parentPipe: boolean
}

/** Throws one `Error` that names every variable at fault, and never its value. */
export function readConfig(environment: Record<string, string | undefined>): ConsoleConfig {
  const result = Environment.safeParse(withToken(environment))
  if (!result.success) {
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  }
  const env = result.data
  return {
    host: env.FAULTLINE_HOST,
    port: env.FAULTLINE_CONSOLE_PORT,
    jaegerUrl: env.FAULTLINE_JAEGER_URL,
    prometheusUrl: env.FAULTLINE_PROMETHEUS_URL,
    controlUrl: env.FAULTLINE_CONTROL_URL,
    shopUrl: env.FAULTLINE_SHOP_URL,
    otlpUrl: env.FAULTLINE_OTLP_URL,
    token: env.FAULTLINE_TOKEN,
    hosts: env.FAULTLINE_CONSOLE_HOSTS,
    version: env.FAULTLINE_VERSION,
    parentPipe: env.FAULTLINE_PARENT_PIPE === '1',
  }
}

/** A secret in a file is in nobody's list of processes. Throws an `Error` that names the file when it cannot be read. */
function withToken(environment: Record<string, string | undefined>): Record<string, string | undefined> {
  const file = environment['FAULTLINE_TOKEN_FILE']
  if (!file || environment['FAULTLINE_TOKEN']) return environment
  try {
    return { ...environment, FAULTLINE_TOKEN: readFileSync(file, 'utf8').trim() }
  } catch (cause) {
    throw new Error(`FAULTLINE_TOKEN_FILE: ${file} cannot be read`, { cause })
  }
}
