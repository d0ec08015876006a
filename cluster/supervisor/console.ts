// The console's server as a process.
import { join } from 'node:path'
import { portOf } from './addresses.ts'
import type { CompanionSurroundings } from './backend.ts'
import { Companion } from './companion.ts'
import { mallocEnvironment } from './frugality.ts'

export const CONSOLE_ID = 'console-1'

export function createConsole({ root, urls, token, version, ...rest }: CompanionSurroundings): Companion {
  return new Companion({
    ...rest,
    id: CONSOLE_ID,
    role: 'console',
    args: ['--max-semi-space-size=2', join(root, 'dist/console.cjs')],
    env: () => ({
      ...mallocEnvironment,
      FAULTLINE_HOST: '127.0.0.1',
      FAULTLINE_CONSOLE_PORT: String(portOf(urls.console)),
      FAULTLINE_JAEGER_URL: urls.jaeger,
      FAULTLINE_PROMETHEUS_URL: urls.prometheus,
      FAULTLINE_CONTROL_URL: urls.control,
      FAULTLINE_SHOP_URL: urls.shop,
      FAULTLINE_OTLP_URL: urls.otlp,
      FAULTLINE_TOKEN: token,
      FAULTLINE_VERSION: version,
      FAULTLINE_PARENT_PIPE: '1',
    }),
    address: new URL(urls.console).host,
  })
}
