import { afterEach, expect, test, vi } from 'vitest'
import { nodeKinds } from '../../topology/kinds.ts'
import { nodesFor, postgresNodesFor } from '../../topology/nodes.ts'
import { FaultInjection } from './contract.ts'
import { FaultBook } from './fault-book.ts'
import { databaseKind, type Inhabitant } from './places.ts'

const inhabitants: Inhabitant[] = [
  ...nodesFor('full'),
  ...postgresNodesFor('full').map(({ id, region }) => ({ id, region, kind: databaseKind })),
]

const books: FaultBook[] = []
afterEach(() => {
  for (const book of books.splice(0)) book.close()
  vi.useRealTimers()
})

function openBook() {
  const annotations: string[] = []
  const here = [...inhabitants]
  let changes = 0
  const book = new FaultBook({
    world: () => ({ inhabitants: here, kinds: nodeKinds }),
    changed: () => {
      changes += 1
    },
    annotate: (_kind, subject, text) => annotations.push(`${subject}: ${text}`),
  })
  books.push(book)
  const inject = (body: object) => book.inject(FaultInjection.parse(body))
  const scaleAway = (id: string) =>
    here.splice(
      here.findIndex((one) => one.id === id),
      1,
    )
  return { book, inject, annotations, scaleAway, changes: () => changes }
}

test('a link: each end is told of its side, one way, and nobody else', () => {
  const { book, inject } = openBook()
  inject({ fault: 'latency', from: 'gateway-na', to: 'orders', seed: 5 })
  expect(book.toldTo('gateway-na', 1)).toMatchObject([
    { fault: 'latency', parameters: { delayMs: 300, jitterMs: 0 }, to: ['orders-1', 'orders-2'], from: [] },
  ])
  expect(book.toldTo('orders-2', 2)).toMatchObject([{ to: [], from: ['gateway-na'] }])
  expect(book.toldTo('payments-1', 3)).toEqual([])
})

test('the same seed gives each node the same decisions again, and two nodes different ones', () => {
  const seeds = () => {
    const { book, inject } = openBook()
    inject({ fault: 'loss', from: 'gateway-na', to: 'orders', seed: 5 })
    return ['orders-1', 'orders-2'].map((node) => book.toldTo(node, 1)[0])
  }
  const [one, two] = seeds()
  expect(one?.seed).not.toBe(two?.seed)
  expect(seeds().map((told) => told?.seed)).toEqual([one?.seed, two?.seed])
  // For what both of them decide alike.
  expect([one, two].map((told) => told?.commonSeed)).toEqual([5, 5])
})

test('a database server is a peer like any other', () => {
  const { book, inject } = openBook()
  inject({ fault: 'latency', from: 'postgres-na', to: 'orders' })
  expect(book.toldTo('orders-1', 1)).toMatchObject([{ to: [], from: ['postgres-na'] }])
})

test('a partition of regions is cut both ways, unless it is asymmetric', () => {
  const { book, inject } = openBook()
  inject({ fault: 'partition', from: 'eu', to: 'na' })
  const [both] = book.toldTo('gateway-eu', 1)
  expect(both?.to).toContain('orders-1')
  expect(both?.from).toContain('orders-1')
  book.clearAll()
  inject({ fault: 'partition', from: 'eu', to: 'na', parameters: { asymmetric: true } })
  expect(book.toldTo('gateway-eu', 1)).toMatchObject([{ from: [] }])
  expect(book.toldTo('orders-1', 1)).toMatchObject([{ to: [] }])
})

test('a region that is out is cut off from everybody else, those of no region too, and not from itself', () => {
  const { book, inject } = openBook()
  inject({ fault: 'region-outage', target: 'eu' })
  const [told] = book.toldTo('frontdoor-1', 1)
  expect(told?.to?.toSorted()).toEqual(['edge-eu', 'gateway-eu', 'ledger-eu', 'postgres-eu', 'products-eu'])
  const [inside] = book.toldTo('gateway-eu', 2)
  expect(inside?.to).toContain('orders-1')
  expect(inside?.to).not.toContain('products-eu')
})

test('whoever is named may be scaled away: the injection concerns nobody then, and others go on', () => {
  const { book, inject, scaleAway } = openBook()
  const slow = inject({ fault: 'slow-replica', target: 'orders-2' })
  const late = inject({ fault: 'latency', from: 'gateway-na', to: 'orders-2' })
  const storm = inject({ fault: 'retry-storm', target: 'orders' })
  scaleAway('orders-2')
  expect(book.list()).toMatchObject([
    { id: slow.id, target: 'orders-2', nodes: [] },
    { id: late.id, nodes: ['gateway-na'] },
    { id: storm.id, nodes: ['orders-1'] },
  ])
  expect(book.toldTo('gateway-na', 1).filter(({ fault }) => fault !== 'retry-storm')).toEqual([])
  expect(book.toldTo('orders-1', 1)).toMatchObject([{ fault: 'retry-storm' }])
  expect(book.change(late.id, { parameters: { delayMs: 50 } })).toMatchObject({ nodes: ['gateway-na'] })
  expect(book.clearAll()).toEqual([slow.id, late.id, storm.id])
})

test('a change may make a partition asymmetric, and symmetric again', () => {
  const { book, inject } = openBook()
  const { id } = inject({ fault: 'partition', from: 'eu', to: 'na' })
  expect(book.change(id, { parameters: { asymmetric: true } }).target).toBe('eu → na')
  expect(book.toldTo('gateway-eu', 1)).toMatchObject([{ from: [] }])
  expect(book.change(id, { parameters: { asymmetric: false } }).target).toBe('eu ↔ na')
  expect(book.toldTo('gateway-eu', 1)[0]?.from).toContain('orders-1')
})

test('a fault of nodes spares the database server of their region', () => {
  const { book, inject } = openBook()
  expect(inject({ fault: 'crash', target: 'eu' }).nodes).not.toContain('postgres-eu')
  expect(inject({ fault: 'exporter-outage' }).nodes).not.toContain('postgres-na')
  expect(book.toldTo('frontdoor-1', 1).map(({ fault }) => fault)).toEqual(['exporter-outage'])
  expect(inject({ fault: 'slow-query', target: 'postgres' }).nodes).toEqual([
    'postgres-na',
    'postgres-eu',
    'postgres-asia',
  ])
})

test('a fault of nodes is told to them alone; one of a database server to all, with its name', () => {
  const { book, inject } = openBook()
  inject({ fault: 'clock-skew', target: 'payments' })
  expect(book.toldTo('payments-2', 1)).toHaveLength(1)
  expect(book.toldTo('orders-1', 1)).toEqual([])
  inject({ fault: 'disk-full', target: 'postgres-na' })
  expect(book.toldTo('orders-1', 1)).toMatchObject([{ fault: 'disk-full', servers: ['postgres-na'] }])
})

test('a process that comes after the one that was told first is told so', () => {
  const { book, inject } = openBook()
  inject({ fault: 'crash', target: 'orders-1' })
  expect(book.toldTo('orders-1', 7)[0]?.again).toBe(false)
  expect(book.toldTo('orders-1', 7)[0]?.again).toBe(false)
  expect(book.toldTo('orders-1', 8)[0]?.again).toBe(true)
})

test('it ends by itself, and injection, change and end are annotated, with where they are', () => {
  vi.useFakeTimers()
  const { book, inject, annotations } = openBook()
  const { id } = inject({ fault: 'latency', from: 'gateway-na', to: 'orders-1', forS: 10 })
  book.change(id, { parameters: { delayMs: 50 } })
  expect(book.toldTo('gateway-na', 1)).toMatchObject([{ revision: 1, parameters: { delayMs: 50 } }])
  vi.advanceTimersByTime(9_000)
  expect(book.list()).toHaveLength(1)
  vi.advanceTimersByTime(1_001)
  expect(book.list()).toEqual([])
  expect(annotations).toEqual([
    'orders-1: fault latency-1 injected at gateway-na → orders-1 for 10 s, delayMs=300 jitterMs=0',
    'orders-1: fault latency-1 changed: 10 s to go, delayMs=50 jitterMs=0',
    'orders-1: fault latency-1 ended by itself',
  ])
})

test('what is secret is listed, and never annotated', () => {
  const { book, inject, annotations } = openBook()
  const { id } = inject({ fault: 'crash', target: 'orders-1', secret: true })
  expect(book.list()).toMatchObject([{ id, secret: true }])
  book.change(id, { forS: 5 })
  book.clear(id)
  expect(annotations).toEqual([])
})

test('several compose, are cleared one by one or all together', () => {
  const { book, inject, changes } = openBook()
  const ids = [1, 2, 3].map(() => inject({ fault: 'latency', from: 'gateway-na', to: 'orders-1' }).id)
  expect(book.toldTo('gateway-na', 1).map(({ instance }) => instance)).toEqual(ids)
  book.clear(ids[1] ?? '')
  expect(book.clearAll()).toEqual([ids[0], ids[2]])
  expect(book.toldTo('gateway-na', 1)).toEqual([])
  expect(changes()).toBe(6)
})

test.each([
  [{ fault: 'latencies', target: 'eu' }, 404, /there is no fault latencies; there are latency, /],
  [{ fault: 'latency', target: 'mars' }, 404, /there is no node, kind or region mars; nodes are /],
  [{ fault: 'latency' }, 400, /latency needs a target; it takes a link \(from and to\)/],
  [{ fault: 'latency', from: 'eu' }, 400, /give from and to/],
  [{ fault: 'latency', from: 'eu', to: 'eu' }, 400, /the same place/],
  [{ fault: 'latency', from: 'eu', to: 'na', target: 'asia' }, 400, /either a target, or both/],
  [
    { fault: 'crash', from: 'eu', to: 'na' },
    400,
    /crash does not act between two places; it takes a node, a kind, a region/,
  ],
  [{ fault: 'crash', target: 'postgres' }, 400, /crash takes no database as its target; it takes a node/],
  [{ fault: 'blackhole', from: 'postgres-na', to: 'postgres' }, 400, /no node of the shop stands at either end/],
  [{ fault: 'slow-replica', target: 'orders' }, 400, /slow-replica takes no kind as its target; it takes a node/],
  [
    { fault: 'latency', target: 'eu', parameters: { delayMs: 'x' } },
    400,
    /delayMs must be a number of milliseconds from 1 to 30000/,
  ],
  [
    { fault: 'latency', target: 'eu', parameters: { delayMs: 0 } },
    400,
    /delayMs must be a number of milliseconds from 1 to 30000/,
  ],
  [
    { fault: 'latency', target: 'eu', parameters: { delay: 5 } },
    400,
    /delay is no parameter of latency; it has delayMs, jitterMs/,
  ],
])('%j is refused', (body, status, message) => {
  const { inject, book } = openBook()
  expect(() => inject(body)).toThrow(expect.objectContaining({ status, message: expect.stringMatching(message) }))
  expect(book.list()).toEqual([])
})

test('no more than 64 at once', () => {
  const { inject } = openBook()
  for (let i = 0; i < 64; i++) inject({ fault: 'crash', target: 'orders-1' })
  expect(() => inject({ fault: 'crash', target: 'orders-1' })).toThrow(/64 faults are active already/)
})

test('policies come along for callers and targets, until somebody sets one, and go with the fault', () => {
  const { book, inject } = openBook()
  const { id } = inject({ fault: 'retry-storm', target: 'products', parameters: { attempts: 4 } })
  expect(book.toldTo('products-eu', 1)).toMatchObject([{ fault: 'retry-storm', parameters: { attempts: 4 } }])
  expect(book.toldTo('products-eu', 1)[0]?.bystander).toBeUndefined()
  const told = () => book.toldTo('gateway-na', 2)[0]
  expect(told()).toMatchObject({ bystander: true, policies: { calls: { products: { maxAttempts: 4 } }, kind: {} } })
  expect(book.toldTo('payments-1', 3)).toEqual([])
  const place = { scope: 'call', caller: 'gateway', callee: 'products' } as const
  expect(book.overrule([{ place, name: 'retryBudget' }])).toEqual([{ place, name: 'retryBudget', value: false }])
  expect(told()?.policies?.calls['products']).not.toHaveProperty('retryBudget')
  // Elsewhere it is as it was.
  expect(book.toldTo('orders-1', 4)[0]?.policies?.calls['products']).toMatchObject({ retryBudget: false })
  book.overrule([{ place }])
  expect(told()).toBeUndefined()
  book.clear(id)
  expect(book.brought()).toEqual([])
  expect(book.toldTo('orders-1', 4)).toEqual([])
})

test('without a target, policies are those of the kind that the fault names', () => {
  const { book, inject } = openBook()
  inject({ fault: 'metastable' })
  expect(book.toldTo('frontdoor-1', 1)[0]?.policies?.kind).toMatchObject({ queueDiscipline: 'fifo' })
  expect(book.toldTo('load-1', 2)[0]?.policies?.calls['frontdoor']).toMatchObject({ timeoutMs: 750 })
  expect(book.toldTo('orders-1', 3)[0]?.policies).toBeUndefined()
})

test('a roll-out leaves its marks, with nothing of the fault where that is secret', () => {
  const { book, inject, annotations } = openBook()
  const { id } = inject({ fault: 'bad-canary', target: 'orders-1', secret: true, parameters: { version: '3.0.0' } })
  book.clear(id)
  expect(annotations).toEqual([
    'orders-1: version 3.0.0 rolled out at orders-1',
    'orders-1: version 3.0.0 rolled back at orders-1',
  ])
})
