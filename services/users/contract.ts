// The HTTP API of `users`: accounts and the sessions that prove them.
import { z } from 'zod'
import { Region } from '../kit/control/document.ts'
import { defineApi } from '../kit/http/api.ts'

export const UserId = z.uuid()

export const User = z.object({ id: UserId, email: z.string(), name: z.string(), region: Region })
export type User = z.infer<typeof User>

export const Session = z.object({
  user: User,
  /** Send it as `Authorization: Bearer …`. */
  token: z.string(),
  expiresAt: z.iso.datetime(),
})
export type Session = z.infer<typeof Session>

const Email = z
  .email()
  .max(254)
  .transform((email) => email.toLowerCase())
/** The upper bound keeps the cost of hashing bounded. */
const Password = z.string().min(8).max(128)

export const SignUp = z.object({
  email: Email,
  password: Password,
  name: z.string().trim().min(1).max(80),
  region: Region.default('na'),
})
export const LogIn = z.object({ email: Email, password: Password })

export const usersApi = defineApi({
  signUp: {
    method: 'POST',
    path: '/users',
    summary: 'Create an account and a session for it',
    body: SignUp,
    response: Session,
    status: 201,
    otherResponses: { 409: 'The email address has an account already' },
  },
  logIn: {
    method: 'POST',
    path: '/sessions',
    summary: 'Log in',
    body: LogIn,
    response: Session,
    status: 201,
    /** Logging in twice makes two sessions and harms nothing. */
    idempotent: true,
    otherResponses: { 401: 'Unknown email address or wrong password' },
  },
  getUser: {
    method: 'GET',
    path: '/users/:userId',
    summary: 'One account',
    params: z.object({ userId: UserId }),
    response: User,
    otherResponses: { 404: 'No such account' },
  },
})
