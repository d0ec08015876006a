// The embedded telemetry backend as a process: its telemetry is in memory, and lost with it.
import { join } from 'node:path'
import type { ClusterUrls } from '../control-plane/contract.ts'
import { portOf } from './addresses.ts'
import { Companion, type CompanionOptions } from './companion.ts'
import { mallocEnvironment } from './frugality.ts'

export const BACKEND_ID = 'backend-1'

export type CompanionSurroundings = Omit<CompanionOptions, 'id' | 'role' | 'args' | 'env' | 'address'> & {
  root: string
  urls: ClusterUrls
  /** The run's. */
  token: string
  version: string
}

export function createBackend({ root, urls, token, version, ...rest }: CompanionSurroundings): Companion {
  return new Companion({
    ...rest,
    id: BACKEND_ID,
    role: 'backend',
    args: ['--max-semi-space-size=4', join(root, 'dist/backend.cjs')],
    env: () => ({
      ...mallocEnvironment,
      FAULTLINE_HOST: '127.0.0.1',
      FAULTLINE_OTLP_PORT: String(portOf(urls.otlp)),
      FAULTLINE_JAEGER_PORT: String(portOf(urls.jaeger)),
      FAULTLINE_PROMETHEUS_PORT: String(portOf(urls.prometheus)),
      // Whose nodes it scrapes.
      FAULTLINE_CONTROL_URL: urls.control,
      FAULTLINE_TOKEN: token,
      FAULTLINE_VERSION: version,
      FAULTLINE_PARENT_PIPE: '1',
    }),
    address: new URL(urls.jaeger).host,
  })
}
