// The session, for views that depend on which APIs there are.
import { createContext, useContext } from 'react'
import type { SessionInfo, SessionState } from './session.ts'

export const SessionContext = createContext<SessionState>({ kind: 'starting' })

/** Which APIs are behind the console; none are while it is not known. */
export function useHas(): SessionInfo['has'] {
  const session = useContext(SessionContext)
  if (session.kind === 'signed-in') return session.info.has
  return { jaeger: false, prometheus: false, control: false, shop: false, otlp: false }
}
