// Customers who shop at a steady pace and expect every answer to be the right one; what is not, is kept for the test.
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, createCustomer } from './customer.ts'

const PAUSE_MS = 15
const PRODUCTS = 60
const regions = ['na', 'eu', 'asia'] as const

export type SteadyTraffic = {
  /** Requests answered so far, by what was asked: `GET`, `PUT`, `POST`, … */
  readonly answered: Record<string, number>
  /** A line for each answer that was not the expected one. */
  readonly failures: string[]
  /** Resolves when the requests under way are answered. */
  stop(): Promise<void>
}

/** @param shop URL of the frontdoor */
export function startSteadyTraffic(shop: string, customers: number): SteadyTraffic {
  const answered: Record<string, number> = {}
  const failures: string[] = []
  let going = true

  const expectAnswer = async <T>(what: string, status: number, request: Promise<Answer<T>>): Promise<Answer<T>> => {
    const [method = ''] = what.split(' ')
    const answer = await request.catch((error: Error) => error)
    answered[method] = (answered[method] ?? 0) + 1
    if (answer instanceof Error) throw new Error(`${what}: ${answer.message}`)
    if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }

  const repeat = async (visit: () => Promise<void>) => {
    while (going) {
      await visit().catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)))
    }
  }

  const shopOnce = async (customer: ReturnType<typeof createCustomer>, product: string) => {
    await expectAnswer('GET product', 200, customer.send('GET', `/api/products/${product}`))
    await expectAnswer('GET recommendations', 200, customer.send('GET', `/api/products/${product}/recommendations`))
    await expectAnswer('PUT basket', 200, customer.putIntoBasket(product))
    const { body } = await expectAnswer('POST checkout', 201, customer.checkOut())
    await expectAnswer('GET order', 200, customer.order(body.id))
  }

  const live = (index: number) => {
    let visit = 0
    return repeat(async () => {
      const customer = createCustomer(shop, regions[index % regions.length])
      await expectAnswer('POST account', 201, customer.signUp())
      for (let turn = 0; turn < 5 && going; turn++) {
        const number = 1 + ((index * 17 + visit++) % PRODUCTS)
        await shopOnce(customer, `p-${String(number).padStart(4, '0')}`)
        await delay(PAUSE_MS)
      }
    })
  }

  /** Nobody on the way may send a log-in twice: of these, one is always under way, and lost when its node leaves too early. */
  const forgetful = (region: (typeof regions)[number]) => {
    const customer = createCustomer(shop, region)
    const guess = { email: 'ada@example.com', password: 'correct horse?' }
    return repeat(
      async () => void (await expectAnswer('POST session', 401, customer.send('POST', '/api/sessions', guess))),
    )
  }

  const lives = [...regions.map(forgetful), ...Array.from({ length: customers }, (_, index) => live(index))]
  return {
    answered,
    failures,
    async stop() {
      going = false
      await Promise.all(lives)
    },
  }
}
