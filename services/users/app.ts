// Accounts and sessions over HTTP. It refuses to say which of the two was wrong, the email address or the password.
import type { Express } from 'express'
import { currentCustomerRegion } from '../../otel/sdk/customer-region.ts'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { HttpError, notFound } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import type { Sessions } from '../kit/sessions.ts'
import { type Session, type User, usersApi } from './contract.ts'
import type { Passwords } from './passwords.ts'
import type { UserStore } from './store.ts'

export type UsersDeps = {
  store: UserStore
  passwords: Passwords
  sessions: Sessions
  log: Logger
  metrics?: Metrics
}

export function createApp({ store, passwords, sessions, log, metrics = noMetrics }: UsersDeps): Express {
  const signUps = metrics.counter({
    name: 'shop_sign_ups_total',
    help: 'New accounts',
    labels: ['customer_region'],
  })
  const logIns = metrics.counter({
    name: 'shop_log_ins_total',
    help: 'Attempts to log in',
    labels: ['customer_region', 'outcome'],
  })
  const withSession = async (user: User): Promise<Session> => ({ user, ...(await sessions.issue(user)) })

  const routes = createRoutes(usersApi, {
    async signUp({ body: { password, ...account } }) {
      const user = await store.insert({ ...account, passwordHash: await passwords.hash(password) })
      if (!user) {
        throw new HttpError(409, 'email_taken', 'this email address has an account already', {
          fields: [{ field: 'email', message: 'has an account already' }],
        })
      }
      signUps.add({ customer_region: currentCustomerRegion() })
      return withSession(user)
    },

    async logIn({ body: { email, password } }) {
      const found = await store.findByEmail(email)
      // The password is checked against something in any case: how long the answer takes tells nothing.
      const matches = await passwords.matches(password, found?.passwordHash)
      const outcome = found && matches ? 'ok' : 'refused'
      logIns.add({ customer_region: currentCustomerRegion(), outcome })
      if (!found || !matches) throw new HttpError(401, 'wrong_credentials', 'unknown email address or wrong password')
      return withSession(found.user)
    },

    async getUser({ params: { userId } }) {
      const user = await store.findById(userId)
      if (!user) throw notFound('this account')
      return user
    },
  })
  return createServiceApp({ log, routes })
}
