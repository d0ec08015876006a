// The backend's configuration, from the environment.
import { z } from 'zod'

const MIB = 1024 * 1024

const port = (standard: number) => z.coerce.number().int().min(0).max(65535).default(standard)
const bytes = (standard: number) =>
  z.coerce
    .number()
    .int()
    .min(MIB)
    .max(64 * 1024 * MIB)
    .default(standard)

const configSchema = z.object({
  /** Port 0 takes a free one, which the line printed at the start names. */
  FAULTLINE_OTLP_PORT: port(4318),
  FAULTLINE_JAEGER_PORT: port(16686),
  FAULTLINE_PROMETHEUS_PORT: port(9090),
  FAULTLINE_HOST: z.string().min(1).default('127.0.0.1'),
  FAULTLINE_SPAN_STORE_BYTES: bytes(256 * MIB),
  FAULTLINE_LOG_STORE_BYTES: bytes(64 * MIB),
  FAULTLINE_METRIC_STORE_BYTES: bytes(384 * MIB),
  /** The control plane, which tells what to scrape at `/v1/targets`; nothing is scraped without it. */
  FAULTLINE_CONTROL_URL: z.url({ protocol: /^https?$/ }).optional(),
  FAULTLINE_TOKEN: z.string().min(1).optional(),
  /** Directory of the rules; those beside the program when omitted. */
  FAULTLINE_RULES_DIR: z.string().min(1).optional(),
  FAULTLINE_VERSION: z.string().default(''),
  /** `1`: stop when standard input closes, because the parent that held it is gone. */
  FAULTLINE_PARENT_PIPE: z.enum(['0', '1']).default('0'),
})

export interface BackendConfig {
  otlpPort: number
  jaegerPort: number
  prometheusPort: number
  host: string
  spanStoreBytes: number
  logStoreBytes: number
  metricStoreBytes: number
  /** Undefined: nothing is scraped. */
  targets: { url: string; token: string | undefined } | undefined
  /** Undefined: those beside the program. */
  rulesDirectory: string | undefined
  version: string
  parentPipe: boolean
}

/** Reads the configuration. Throws an Error that names every variable that is wrong. */
export function readConfig(env: Record<string, string | undefined>): BackendConfig {
  const result = configSchema.safeParse(env)
  if (!result.success) {
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  }
  const values = result.data
  const controlUrl = values.FAULTLINE_CONTROL_URL?.replace(/\/+$/, '')
  return {
    otlpPort: values.FAULTLINE_OTLP_PORT,
    jaegerPort: values.FAULTLINE_JAEGER_PORT,
    prometheusPort: values.FAULTLINE_PROMETHEUS_PORT,
    host: values.FAULTLINE_HOST,
    spanStoreBytes: values.FAULTLINE_SPAN_STORE_BYTES,
    logStoreBytes: values.FAULTLINE_LOG_STORE_BYTES,
    metricStoreBytes: values.FAULTLINE_METRIC_STORE_BYTES,
    targets: controlUrl === undefined ? undefined : { url: `${controlUrl}/v1/targets`, token: values.FAULTLINE_TOKEN },
    rulesDirectory: values.FAULTLINE_RULES_DIR,
    version: values.FAULTLINE_VERSION,
    parentPipe: values.FAULTLINE_PARENT_PIPE === '1',
  }
}
