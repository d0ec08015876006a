// Deliveries that come twice: customers pay once while idempotency is on, and twice as soon as it is off, in the ledger too.
import type { OrderBody } from '../customer.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const ROUNDS = 3
const CHARGES = 'SELECT count(*)::int AS n FROM charges WHERE order_id = $1'
const SHIPMENTS = 'SELECT count(*)::int AS n FROM fulfilment.shipments WHERE order_id = $1'
const CHARGED_AGAIN = 'SELECT count(*)::int AS n FROM charges WHERE NOT is_first'
const SHIPPED_AGAIN = 'SELECT count(*)::int AS n FROM fulfilment.shipments WHERE NOT is_first'

export const duplicates: Scenario = {
  id: 'duplicates',
  size: 'small',
  load: 0,
  async run(stage) {
    const before = await repeated(stage)
    await order(stage, 1)
    await stage.inject('duplicate-delivery')
    const delivered = () => stage.told('fulfilment-1', 'shop_repetitions_total', { outcome: 'recognised' })
    const recognisedBefore = await delivered()
    for (let round = 0; round < ROUNDS; round++) await order(stage, 1)
    await stage.until(
      'the second deliveries to be recognised',
      async () => (await delivered()) >= recognisedBefore + ROUNDS,
    )
    stage.expect('nothing done twice', (await repeated(stage)).join() === before.join(), await repeated(stage))
    await stage.setPolicies({ name: 'idempotency', value: false })
    await order(stage, 2)
    const [charged = 0, shipped = 0] = await repeated(stage)
    stage.expect(
      'one charge and one parcel too many',
      charged === (before[0] ?? 0) + 1 && shipped === (before[1] ?? 0) + 1,
    )
    await stage.setPolicies({ name: 'idempotency', value: true })
    await order(stage, 1)
    await stage.control.clearFaults({})
    await order(stage, 1)
    stage.expect('no more of them', (await repeated(stage)).join() === [charged, shipped].join())
    stage.note(
      'charges and parcels an order',
      'once with idempotency, twice without: in payments, in the ledger, at fulfilment',
    )
  },
}

/** Orders something, and waits until it has been charged and shipped as often as expected. */
async function order(stage: Stage, times: number): Promise<void> {
  const inLedger = () => stage.told('ledger-na', 'faultline_ledger_charges_total')
  const before = await inLedger()
  const customer = await stage.customer()
  await customer.putIntoBasket('p-0003')
  const { status, body } = await customer.checkOut()
  stage.expect('the order to be accepted', status === 201, status)
  await stage.until('the parcel', async () => {
    const answer = await customer.send<OrderBody>('GET', `/api/orders/${body.id}`)
    return answer.body.status === 'shipped'
  })
  const charges = await stage.count('payments', 'payments', CHARGES, [body.id])
  stage.expect(`${times} charges in payments`, charges === times, charges)
  const ledger = (await inLedger()) - before
  stage.expect(`${times} charges in the ledger`, ledger === times, ledger)
  await stage.until(
    `${times} parcels`,
    async () => (await stage.count('fulfilment', 'orders', SHIPMENTS, [body.id])) === times,
  )
}

/** Charges and shipments beyond the first of each order, of the whole shop. */
const repeated = async (stage: Stage): Promise<number[]> => [
  await stage.count('payments', 'payments', CHARGED_AGAIN),
  await stage.count('fulfilment', 'orders', SHIPPED_AGAIN),
]
