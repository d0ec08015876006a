// Leaves out of the bundles what OpenTelemetry's umbrella packages load and no node ever uses: exporters of other protocols, detectors
// of clouds, instrumentations of forty other libraries. Each becomes an empty module.

/** What is used of the families below: what otel/sdk imports by name and turns on. */
const used = new Set([
  ...['http', 'pg', 'pino', 'undici'].map((library) => `@opentelemetry/instrumentation-${library}`),
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/exporter-logs-otlp-proto',
])

const families =
  /^@opentelemetry\/(?:instrumentation-|exporter-|propagator-|resource-detector-|otlp-grpc-exporter-base$|configuration$)/

/** Parts of large libraries that no node reaches, each with who asks for it. Together they are a third of a node's memory. */
const unusedParts = [
  // Nodes use the HTTP/1.1 client of undici, and nothing browser-like around it.
  { importer: /node_modules\/undici\/index\.js$/, path: /\/lib\/(?:web|mock|cache|interceptor)\// },
  { importer: /node_modules\/undici\/lib\/dispatcher\/client\.js$/, path: /client-h2/ },
  // Pushing, cluster workers, summaries and ready-made collectors of prom-client.
  { importer: /node_modules\/prom-client\//, path: /^\.\/lib\/(?:pushgateway|cluster|summary|defaultMetrics)$/ },
  // Error messages of zod in fifty languages.
  { importer: /node_modules\/zod\//, path: /\/locales\/(?!en\.)/ },
  { importer: /node_modules\/zod\/v4\/core\//, path: /^\.\.\/locales\/index/ },
  // Bodies are in UTF-8, which iconv-lite knows without these tables; express refuses JSON in other encodings anyway.
  { importer: /node_modules\/iconv-lite\/encodings\//, path: /(?:sbcs-data-generated|dbcs-data)/ },
  // Schedules of pg-boss.
  { importer: /node_modules\/pg-boss\//, path: /^cron-parser$/ },
]

/** Only these are worth a question from esbuild's process to this one. */
const candidates =
  /^\.\.?\/.*(?:web|mock|cache|interceptor|client-h2|locales|-data|pushgateway|cluster|summary|defaultMetrics)|^cron-parser$/

/** @type {import('esbuild').Plugin} */
export const stubPlugin = {
  name: 'stub-unused-parts',
  setup(build) {
    build.onResolve({ filter: families }, ({ path }) =>
      used.has(path) || path.endsWith('/package.json') ? undefined : { path, namespace: 'stub' },
    )
    build.onResolve({ filter: candidates }, ({ path, importer, kind }) => {
      if (!unusedParts.some((part) => part.importer.test(importer) && part.path.test(path))) return undefined
      return { path: `${importer}:${path}`, namespace: kind === 'require-call' ? 'stub' : 'stub-module' }
    })
    // A class for every name: some are extended while modules load.
    const contents =
      'module.exports = new Proxy({}, { get: (_, name) => name === "__esModule" ? undefined : class {} })'
    build.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents, loader: 'js' }))
    build.onLoad({ filter: /.*/, namespace: 'stub-module' }, () => ({ contents: 'export {}', loader: 'js' }))
  },
}
