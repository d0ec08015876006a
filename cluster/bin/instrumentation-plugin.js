// Patches express, pg and pino inside the bundles, where OpenTelemetry's hooks of `require` cannot reach them.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { openTelemetryPlugin } from 'opentelemetry-esbuild-plugin-node'
import { stubPlugin } from './stub-plugin.js'

/**
 * The plugin with the instrumentations that the nodes use, as otel/sdk/instrumentations.ts configures them.
 * @param {string} root
 * @param {string} draft folder for an intermediate bundle
 * @param {string[]} externalModules what stays outside of the bundles
 * @returns {Promise<import('esbuild').Plugin>}
 */
export async function instrumentationPlugin(root, draft, externalModules) {
  const source = join(root, 'otel/sdk/instrumentations.ts')
  const outfile = join(draft, 'instrumentations.cjs')
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [stubPlugin],
    logLevel: 'silent',
  })
  /** @type {{ createInstrumentations(): import('@opentelemetry/instrumentation').Instrumentation[] }} */
  const { createInstrumentations } = createRequire(import.meta.url)(outfile)
  const instrumentations = createInstrumentations()
  for (const instrumentation of instrumentations) instrumentation.disable()
  return openTelemetryPlugin({
    externalModules,
    instrumentations: instrumentations.map((instrumentation) => withLinkedHooks(instrumentation, source)),
  })
}

/**
 * The plugin writes each configuration into the bundle as text, which would tear functions out of their module. So each function becomes
 * one that calls its original in the bundled instrumentations.ts.
 * @template {import('@opentelemetry/instrumentation').Instrumentation} T
 * @param {T} instrumentation
 * @param {string} source
 * @returns {T}
 */
function withLinkedHooks(instrumentation, source) {
  const name = JSON.stringify(instrumentation.instrumentationName)
  const config = Object.fromEntries(
    Object.entries(instrumentation.getConfig()).map(([key, value]) => [
      key,
      typeof value === 'function'
        ? new Function(
            '...args',
            `return require(${JSON.stringify(source)}).instrumentationConfig[${name}].${key}(...args)`,
          )
        : value,
    ]),
  )
  instrumentation.getConfig = () => config
  return instrumentation
}
