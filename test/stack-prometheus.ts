// The Prometheus of docker-compose.yml without an engine: the installed one, with otel/prometheus.yaml and our rules as they are,
// but for the addresses that only containers know.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './compose-file.ts'
import { freePort, type RealPrometheus, startRealPrometheus } from './real-prometheus.ts'

/** Where the control plane is, and the file that holds the run's token; `host:port` of what tells the Collector's own metrics, if anything. */
export type Discovery = { controlUrl: string; tokenFile: string; collector?: string }

export async function startStackPrometheus(discovery: Discovery): Promise<RealPrometheus> {
  const { controlUrl, tokenFile, collector = '127.0.0.1:1' } = discovery
  const port = await freePort()
  const text = readFileSync(join(root, 'otel/prometheus.yaml'), 'utf8')
    .replace('http://control:7070', controlUrl)
    .replace('/run/faultline/token/token', tokenFile)
    // Nobody listens there: what the Collector makes of spans is not a matter of scraping nodes.
    .replace('collector:8889', '127.0.0.1:1')
    .replace('collector:8888', collector)
    .replace('localhost:9090', `127.0.0.1:${port}`)
  const rules = join(root, 'otel/rules')
  const names = readdirSync(rules).filter((name) => name.endsWith('.yaml'))
  const files = names.map((name) => [`rules/${name}`, readFileSync(join(rules, name), 'utf8')])
  return startRealPrometheus(parse(text), Object.fromEntries(files), port)
}
