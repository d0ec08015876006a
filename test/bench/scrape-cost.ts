// What a scrape costs the node that is scraped, after traffic has made its series.
import { Client } from 'undici'
import { startBenchCluster } from './bench-cluster.ts'
import { type Figure, median } from './figure.ts'
import { cpuMs } from './processes.ts'

const LOAD = 100
const WARM_UP_SECONDS = 20
const ROUNDS = 5
const SCRAPES = 100
const KIND = 'gateway'

/** CPU of the whole process, its event loop's and its collector's: the event loop is held no longer than that. */
export async function benchScrapeCost(root: string): Promise<Figure[]> {
  const bench = await startBenchCluster(root, { size: 'small', load: LOAD, telemetry: 'on' })
  try {
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_SECONDS * 1_000))
    await bench.setLoad(0)
    const node = (await bench.nodes()).find(({ kind }) => kind === KIND)
    if (!node) throw new Error(`no ${KIND} runs`)
    const client = new Client(`http://${node.address}`)
    const scrapes: { ms: number; kilobytes: number }[] = []
    for (let round = 0; round < ROUNDS; round++) scrapes.push(await scrape(client, node.pid))
    await client.close()
    const of = (figure: (each: { ms: number; kilobytes: number }) => number) => median(scrapes.map(figure))
    return [
      { name: `CPU of a scrape of the ${KIND}`, value: of(({ ms }) => ms), unit: 'ms', aim: '≤ 5' },
      { name: '  its size', value: of(({ kilobytes }) => kilobytes), unit: 'kB' },
    ]
  } finally {
    await bench.stop()
  }
}

async function scrape(client: Client, pid: number): Promise<{ ms: number; kilobytes: number }> {
  const before = cpuMs(pid)
  let bytes = 0
  for (let n = 0; n < SCRAPES; n++) {
    const { body } = await client.request({
      path: '/metrics',
      method: 'GET',
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    })
    bytes = (await body.arrayBuffer()).byteLength
  }
  return { ms: (cpuMs(pid) - before) / SCRAPES, kilobytes: bytes / 1_000 }
}
