// A stale read: the replica of a region shows commits only later. A customer who has just bought does not see it, unless he must.
import type { Customer } from '../customer.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const PRODUCT = 'p-0031'
const DELAY_S = 30
const ROUNDS = 3

export const staleRead: Scenario = {
  id: 'stale-read',
  size: 'full',
  load: 0,
  async run(stage) {
    const customer = await stage.customer('eu')
    stage.expect('his own purchase to be seen', await seesHisOwn(stage, customer))

    await stage.inject('stale-read', { target: 'postgres-eu', parameters: { delayS: DELAY_S } })
    await stage.setPolicies({ name: 'readYourWrites', value: false, kind: 'products' })
    // The server's processes heed the new setting one after another.
    const behind = async () => !(await seesHisOwn(stage, customer))
    await stage.until('the replica to be behind', behind, 20_000)
    let unseen = 0
    for (let round = 0; round < ROUNDS; round++) if (!(await seesHisOwn(stage, customer))) unseen++
    stage.expect('no purchase to be seen', unseen === ROUNDS, unseen)
    await stage.until(
      'the lag in the metrics',
      async () => (await stage.value('max(faultline_replication_lag_seconds{region="eu"})')) > 2,
    )

    await stage.setPolicies({ name: 'readYourWrites', value: true, kind: 'products' })
    for (let round = 0; round < ROUNDS; round++)
      stage.expect('each purchase to be seen, though the replica is behind', await seesHisOwn(stage, customer))
    const fallbacks = await stage.told('products-eu', 'faultline_database_replica_fallbacks_total', {
      reason: 'behind',
    })
    stage.expect('these reads to have gone to the primary', fallbacks >= ROUNDS, fallbacks)
    stage.note(
      'own purchases seen by a customer in eu',
      `without read-your-writes 0 of ${ROUNDS}, with it ${ROUNDS} of ${ROUNDS}, from the primary`,
    )
  },
}

/** Buys one and looks: whether the stock that is shown has gone down. */
async function seesHisOwn(stage: Stage, customer: Customer): Promise<boolean> {
  const answer = await customer.putIntoBasket(PRODUCT)
  stage.expect('a basket', answer.status === 200, answer.status)
  const { status } = await customer.checkOut()
  stage.expect('the order to be accepted', status === 201, status)
  const inStock = 'SELECT on_hand - reserved AS n FROM products WHERE id = $1'
  const real = await stage.count('products', 'products', inStock, [PRODUCT])
  // With the position that the checkout was answered with, which goes past all caches.
  const shown = await customer.send<{ stock: number }>('GET', `/api/products/${PRODUCT}`)
  stage.expect('the product', shown.status === 200, shown.status)
  return shown.body.stock === real
}
