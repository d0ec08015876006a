// The Prometheus of docker-compose.yml without an engine: the installed one, with otel/prometheus.yaml and our rules as they are,
// but for the addresses that only containers know.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { freePort, type RealPrometheus, startRealPrometheus } from '../otel/backend/testing/real-prometheus.ts'
import { root } from './compose-file.ts'

export type Discovery = {
  /** Where the control plane is, and the file that holds the run's token. */
  controlUrl: string
  tokenFile: string
  /** `host:port` of what tells the metrics of the Collector, of Jaeger and of Loki; nobody when omitted. */
  backends?: { collector: string; jaeger: string; loki: string }
}

/** Nobody listens there. */
const nobody = '127.0.0.1:1'

export async function startStackPrometheus(discovery: Discovery): Promise<RealPrometheus> {
  const { controlUrl, tokenFile, backends } = discovery
  const port = await freePort()
  const text = readFileSync(join(root, 'otel/prometheus.yaml'), 'utf8')
    .replace('http://control:7070', controlUrl)
    .replace('/run/faultline/token/token', tokenFile)
    // What the Collector makes of spans is not a matter of scraping nodes.
    .replace('collector:8889', nobody)
    .replace('collector:8888', backends?.collector ?? nobody)
    .replace('jaeger:8888', backends?.jaeger ?? nobody)
    .replace('loki:3100', backends?.loki ?? nobody)
    .replace('localhost:9090', `127.0.0.1:${port}`)
  const rules = join(root, 'otel/rules')
  const names = readdirSync(rules).filter((name) => name.endsWith('.yaml'))
  const files = names.map((name) => [`rules/${name}`, readFileSync(join(rules, name), 'utf8')])
  return startRealPrometheus({ config: parse(text), files: Object.fromEntries(files), port })
}
