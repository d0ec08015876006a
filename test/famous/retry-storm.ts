// A retry storm: callers that wait for less than the callee takes, and ask again without limit, make a multiple of the load of it.
import type { Scenario } from './scenario.ts'

const ATTEMPTS = 4
const attempts = 'sum(rate(http_client_request_duration_seconds_count{service="gateway", callee="products"}[6s]))'
const repeats = 'sum(rate(faultline_retries_total{service="gateway", callee="products"}[6s]))'
/** Attempts a request. */
const amplification = `${attempts} / (${attempts} - ${repeats})`
const wellShare =
  'sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[6s])) / sum(rate(load_request_duration_seconds_count[6s]))'

export const retryStorm: Scenario = {
  id: 'retry-storm',
  size: 'small',
  load: 20,
  async run(stage) {
    await stage.until('calls without repeats', async () => (await stage.value(amplification)) < 1.1)
    const before = await stage.value(amplification)
    await stage.inject('retry-storm', { target: 'products', parameters: { attempts: ATTEMPTS } })
    await stage.until('three attempts a request', async () => (await stage.value(amplification)) >= 3)
    const storm = await stage.value(amplification)
    await stage.until('customers to suffer', async () => (await stage.value(wellShare)) < 0.9)
    const wellInStorm = await stage.value(wellShare)

    const changes = [
      { name: 'retryBudgetMinPerS', value: 0 },
      { name: 'retryBudgetRatio', value: 0.1 },
      { name: 'retryBudget', value: true },
    ]
    await stage.setPolicies(...changes.map((change) => ({ ...change, callee: 'products' })))
    const calm = async () => (await stage.value(amplification)) < 1.3
    const budgetS = await stage.until('a tenth of repeats', calm, 60_000)
    const withBudget = await stage.value(amplification)
    // The budget spares the callee; the customers are helped by more patience.
    await stage.setPolicies({ name: 'timeoutMs', value: 2_500, callee: 'products' })
    await stage.until('customers to be well', async () => (await stage.value(wellShare)) > 0.95, 60_000)
    const { faults } = await stage.control.listFaults({})
    stage.expect('the fault to go on', faults.length === 1, faults)
    stage.note(
      'attempts a request',
      `${before.toFixed(2)}, in the storm ${storm.toFixed(2)} (${ATTEMPTS} allowed), with a budget of 10 % ${withBudget.toFixed(2)} after ${budgetS.toFixed(1)} s`,
    )
    stage.note(
      'requests that end well',
      `${(wellInStorm * 100).toFixed(0)} % in the storm, ${((await stage.value(wellShare)) * 100).toFixed(0)} % with a longer timeout`,
    )
  },
}
