// The session, for views that depend on which APIs there are.
import { createContext, useContext } from 'react'
import type { SessionInfo, SessionState } from './session.ts'

export const SessionContext = createContext<SessionState>({ kind: 'starting' })

const none = { jaeger: false, prometheus: false, control: false, shop: false, otlp: false }

/** Which APIs are behind the console; none are as long as it was never known. */
export function useHas(): SessionInfo['has'] {
  const session = useContext(SessionContext)
  return 'info' in session && session.info ? session.info.has : none
}
