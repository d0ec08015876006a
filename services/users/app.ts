// Accounts and sessions over HTTP. It refuses to say which of the two was wrong, the email address or the password.
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError, notFound } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import type { Sessions } from '../kit/sessions.ts'
import { type Session, type User, usersApi } from './contract.ts'
import type { Passwords } from './passwords.ts'
import type { UserStore } from './store.ts'

export type UsersDeps = { store: UserStore; passwords: Passwords; sessions: Sessions; log: Logger }

export function createApp({ store, passwords, sessions, log }: UsersDeps): Express {
  const withSession = async (user: User): Promise<Session> => ({ user, ...(await sessions.issue(user)) })

  const routes = createRoutes(usersApi, {
    async signUp({ body: { password, ...account } }) {
      const user = await store.insert({ ...account, passwordHash: await passwords.hash(password) })
      if (!user) {
        throw new HttpError(409, 'email_taken', 'this email address has an account already', {
          fields: [{ field: 'email', message: 'has an account already' }],
        })
      }
      return withSession(user)
    },

    async logIn({ body: { email, password } }) {
      const found = await store.findByEmail(email)
      // The password is checked against something in any case: how long the answer takes tells nothing.
      const matches = await passwords.matches(password, found?.passwordHash)
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
