// Sessions as signed tokens (JWT, HS256): `users` issues them, the gateways verify them without asking anybody.
// A token proves who the customer is and nothing more; it can't be taken back before it expires.
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { Region } from './control/document.ts'

const SESSION_HOURS = 12
const issuer = 'faultline/users'
const audience = 'faultline/gateway'

const Claims = z.object({ sub: z.uuid(), region: Region })

export type SessionUser = { id: string; region: Region }

export type Sessions = {
  issue(user: SessionUser): Promise<{ token: string; expiresAt: string }>
  /** Undefined when the token is not ours, was tampered with, or has expired. */
  verify(token: string): Promise<SessionUser | undefined>
}

/**
 * `secret`: at least 32 bytes, the same on every node of a run. `nowMs` is the time in Unix milliseconds. `keyHolds`: whether what was signed
 * with the secret counts at present.
 */
export function createSessions(
  secret: string,
  nowMs: () => number = Date.now,
  keyHolds: () => boolean = () => true,
): Sessions {
  // Imported once: from raw bytes each verification would cost twice as much.
  const key = crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
  return {
    async issue({ id, region }) {
      const issuedAt = Math.floor(nowMs() / 1_000)
      const expiresAt = issuedAt + SESSION_HOURS * 3_600
      const token = await new SignJWT({ region })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(await key)
      return { token, expiresAt: new Date(expiresAt * 1_000).toISOString() }
    },

    async verify(token) {
      if (!keyHolds()) return undefined
      try {
        const options = {
          algorithms: ['HS256'],
          issuer,
          audience,
          requiredClaims: ['exp'],
          currentDate: new Date(nowMs()),
        }
        const { payload } = await jwtVerify(token, await key, options)
        const claims = Claims.safeParse(payload).data
        return claims && { id: claims.sub, region: claims.region }
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
