// A cardinality explosion: each request is recorded under a route of its own. Series grow with the traffic, up to the node's own bound.
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const NODE = 'products-na'
const OTHER_NODE = 'users-1'
const REQUESTS = 'http_server_request_duration_seconds'
/** Label sets of one metric that a node keeps, and the one that has all others. */
const BOUND = 201

const routesKept = `count(${REQUESTS}_count{instance="${NODE}"})`
const samples = (node: string) => `max(scrape_samples_scraped{instance="${node}"})`

export const cardinality: Scenario = {
  id: 'cardinality',
  size: 'small',
  load: 30,
  async run(stage) {
    const before = await stage.value(samples(NODE))
    const othersBefore = await stage.value(samples(OTHER_NODE))
    const routes = await stage.value(routesKept)
    stage.expect('a closed set of routes', routes < 30, routes)
    stage.expect('no overflow', (await overflow(stage)) === 0)

    await stage.inject('cardinality', { target: 'products' })
    await stage.until('ten times the routes', async () => (await stage.value(routesKept)) > 10 * routes, 60_000)
    await stage.until('the bound to hold', async () => (await overflow(stage)) > 0, 90_000)
    await stage.until('the alert', async () => (await stage.firing()).includes('LabelSetsOverflow'), 60_000)
    const at = await stage.value(samples(NODE))
    const kept = await stage.value(routesKept)
    stage.expect('no more than the bound', kept <= BOUND, kept)
    const othersAfter = await stage.value(samples(OTHER_NODE))
    stage.expect('other nodes to be as they were', othersAfter < 1.5 * othersBefore, { othersBefore, othersAfter })
    // What was one of few routes is in the crowd now.
    const told =
      'sum(rate(http_server_request_duration_seconds_count{instance="products-na", http_route="/products/:productId"}[5s])) or vector(0)'
    stage.expect('the good route to have gone dark', (await stage.value(told)) === 0)

    // The label is a template again, and the node forgets what had a name of its own.
    await stage.control.clearFaults({})
    await stage.until('the samples to go', async () => (await stage.value(samples(NODE))) < at / 2, 60_000)
    await stage.until(
      'nothing new',
      async () => (await stage.value(`sum(sum_over_time(scrape_series_added{instance="${NODE}"}[5s]))`)) < 50,
      60_000,
    )
    stage.note(
      'samples a scrape',
      `${before}, under the fault ${at} (bound: ${BOUND} label sets a metric), ${await stage.value(samples(NODE))} when it is over`,
    )
    stage.note('samples a scrape of another node', `${othersBefore}, ${othersAfter}`)
  },
}

const overflow = (stage: Stage) => stage.told(NODE, 'faultline_metrics_overflow_total')
