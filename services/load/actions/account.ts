// Having an account: signing up and logging in.
import { gatewayApi } from '../../gateway/contract.ts'
import type { CallResponse } from '../../kit/calls/caller.ts'
import type { EndpointSpec } from '../../kit/http/api.ts'
import type { Session } from '../../users/contract.ts'
import { type Action, ask, ok, type ShopKnowledge, type ShopRequest, type Verdict, wrong } from '../action.ts'
import { readAnswer } from '../answer.ts'
import { DEMO_PASSWORD, drawPerson, mailboxOf } from '../customers.ts'
import type { Shopper } from '../shopper.ts'

export const signUp: Action = {
  request: (shopper, _step, shop) => requestSignUp(shopper, shop),
  judge: (shopper, answer) => judgeSession(shopper, gatewayApi.signUp, answer),
}

/** Whoever finds no account to use, because all are in use, makes one. */
export const logIn: Action = {
  request(shopper, _step, shop) {
    if (shopper.session) return undefined
    if (!shopper.account) return requestSignUp(shopper, shop)
    const { email, password } = shopper.account
    return ask(gatewayApi.logIn, { body: { email, password } })
  },
  judge: (shopper, answer) => judgeSession(shopper, gatewayApi.logIn, answer),
}

function requestSignUp(shopper: Shopper, shop: ShopKnowledge): ShopRequest {
  const { name, region, address } = drawPerson(shopper.random, shopper.region)
  const email = `${mailboxOf(name)}.${shop.uniqueId().slice(0, 13)}@example.com`
  shopper.isNew = true
  shopper.account = { email, password: DEMO_PASSWORD, name, region, address }
  return ask(gatewayApi.signUp, { body: { email, password: DEMO_PASSWORD, name, region } })
}

/** Both endpoints answer 201 with a session. */
function judgeSession(
  shopper: Shopper,
  endpoint: EndpointSpec & { response: typeof gatewayApi.logIn.response },
  answer: CallResponse,
): Verdict {
  const read = readAnswer(endpoint, answer)
  if (read.kind === 'verdict') return read.verdict
  const session: Session = read.body
  if (session.user.email !== shopper.account?.email) return wrong('other_than_asked', 'a session of somebody else')
  if (session.user.region !== shopper.account.region) return wrong('inconsistent', 'the account has another region')
  if (Date.parse(session.expiresAt) <= Date.now()) return wrong('inconsistent', 'a session that has expired already')
  shopper.session = session
  return ok
}
