// What the injection points cost while nothing is active: round trips over a link beside those over a plain socket.
import { once } from 'node:events'
import { type AddressInfo, createServer, Socket } from 'node:net'
import type { ActiveFault } from '../../services/kit/control/active-fault.ts'
import { Network } from '../../services/kit/network/network.ts'
import { type Figure, median } from './figure.ts'

const ROUNDS = 9
const ROUND_TRIPS = 4_000
const BODY = Buffer.alloc(512, 'x')

const elsewhere: ActiveFault = {
  fault: 'latency',
  instance: 'latency-1',
  revision: 0,
  parameters: { delayMs: 300, jitterMs: 0 },
  seed: 1,
  commonSeed: 1,
  remainingMs: 60_000,
  sinceMs: 0,
  again: false,
  to: ['somebody-else'],
}

/** The variants take turns on the same connections, so that a machine whose speed drifts harms all alike. */
export async function benchFaults(): Promise<Figure[]> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const quiet = new Network('na')
  const busy = new Network('na')
  const ended = new Network('na')
  busy.apply({ delays: {}, faults: [elsewhere] })
  const sockets = {
    plain: await connect(new Socket(), port),
    quiet: await connect(quiet.linkTo('orders-1', 'na').open(), port),
    busy: await connect(busy.linkTo('orders-1', 'na').open(), port),
    ended: await connect(ended.linkTo('orders-1', 'na').open(), port),
  }
  // This one had a fault once: its socket was touched, and is now to pass everything straight through.
  ended.apply({ delays: {}, faults: [{ ...elsewhere, to: ['orders-1'], parameters: { delayMs: 1, jitterMs: 0 } }] })
  await roundTrips(sockets.ended, 10)
  ended.apply({ delays: {}, faults: [] })

  const times = { plain: [] as number[], quiet: [] as number[], busy: [] as number[], ended: [] as number[] }
  const names = ['plain', 'quiet', 'busy', 'ended'] as const
  for (const name of names) await roundTrips(sockets[name], ROUND_TRIPS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times[name].push(await roundTrips(sockets[name], ROUND_TRIPS))
  }
  for (const name of names) sockets[name].destroy()
  server.close()
  const ratio = (name: (typeof names)[number]) => median(times[name]) / median(times.plain)
  return [
    { name: 'link without a fault / plain socket', value: ratio('quiet'), unit: 'ratio', aim: '1: no cost' },
    { name: 'link with a fault elsewhere / plain socket', value: ratio('busy'), unit: 'ratio', aim: '1: no cost' },
    { name: 'link whose fault has ended / plain socket', value: ratio('ended'), unit: 'ratio' },
    { name: 'round trip over a plain socket', value: median(times.plain), unit: 'µs' },
  ]
}

async function connect(socket: Socket, port: number): Promise<Socket> {
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket.setNoDelay(true)
}

/** Microseconds each. */
function roundTrips(socket: Socket, count: number): Promise<number> {
  return new Promise((resolve) => {
    const startMs = performance.now()
    let left = count
    let missing = BODY.length
    const onData = (data: Buffer) => {
      missing -= data.length
      if (missing > 0) return
      missing = BODY.length
      if (--left > 0) return void socket.write(BODY)
      socket.off('data', onData)
      resolve(((performance.now() - startMs) * 1_000) / count)
    }
    socket.on('data', onData)
    socket.write(BODY)
  })
}
