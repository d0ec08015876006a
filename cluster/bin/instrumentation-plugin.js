// Patches pg and pino inside the bundles, where OpenTelemetry's hooks of `require` cannot reach them.

import { createRequire, isBuiltin } from 'node:module'
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
  const plugin = openTelemetryPlugin({
    externalModules,
    instrumentations: instrumentations.map((instrumentation) => withLinkedHooks(instrumentation, source)),
  })
  return narrowed(plugin, patchedPackages(instrumentations))
}

/**
 * @param {import('@opentelemetry/instrumentation').Instrumentation[]} instrumentations
 * @returns {string[]} for instance `pg-pool`; modules of Node are patched at run time
 */
function patchedPackages(instrumentations) {
  const names = instrumentations.flatMap((instrumentation) =>
    // Not in the interface of an instrumentation, but in the class that all of them extend.
    /** @type {{ getModuleDefinitions(): { name: string }[] }} */ (/** @type {unknown} */ (instrumentation))
      .getModuleDefinitions()
      .map(({ name }) => name),
  )
  return [...new Set(names)].filter((name) => !isBuiltin(name))
}

/**
 * The same plugin, asked about the given packages only: it would have every import of every file sent over from esbuild's process.
 * @param {import('esbuild').Plugin} plugin
 * @param {string[]} packages
 * @returns {import('esbuild').Plugin}
 */
function narrowed(plugin, packages) {
  const names = packages.join('|')
  return {
    name: plugin.name,
    setup: (build) =>
      plugin.setup({
        ...build,
        onResolve: (_options, callback) => build.onResolve({ filter: new RegExp(`^(?:${names})$`) }, callback),
        onLoad: (_options, callback) => build.onLoad({ filter: new RegExp(`node_modules/(?:${names})/`) }, callback),
      }),
  }
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
