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
  FAULTLINE_HOST: z.string().min(1).default('127.0.0.1'),
  FAULTLINE_SPAN_STORE_BYTES: bytes(256 * MIB),
  FAULTLINE_LOG_STORE_BYTES: bytes(64 * MIB),
  /** `1`: stop when standard input closes, because the parent that held it is gone. */
  FAULTLINE_PARENT_PIPE: z.enum(['0', '1']).default('0'),
})

export interface BackendConfig {
  otlpPort: number
  jaegerPort: number
  host: string
  spanStoreBytes: number
  logStoreBytes: number
  parentPipe: boolean
}

/** Reads the configuration. Throws an Error that names every variable that is wrong. */
export function readConfig(env: Record<string, string | undefined>): BackendConfig {
  const result = configSchema.safeParse(env)
  if (!result.success) {
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  }
  const values = result.data
  return {
    otlpPort: values.FAULTLINE_OTLP_PORT,
    jaegerPort: values.FAULTLINE_JAEGER_PORT,
    host: values.FAULTLINE_HOST,
    spanStoreBytes: values.FAULTLINE_SPAN_STORE_BYTES,
    logStoreBytes: values.FAULTLINE_LOG_STORE_BYTES,
    parentPipe: values.FAULTLINE_PARENT_PIPE === '1',
  }
}
