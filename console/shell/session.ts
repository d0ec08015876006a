// Being signed in: the key in the link's fragment is traded for a cookie that scripts cannot read.
import { ApiError, getJson, sendJson } from './api.ts'

/** What the console's server tells a page that is signed in. */
export type SessionInfo = {
  version: string
  /** Which APIs are behind the console. */
  has: { jaeger: boolean; prometheus: boolean; control: boolean; shop: boolean; otlp: boolean }
}

export type SessionState =
  | { kind: 'starting' }
  | { kind: 'signed-in'; info: SessionInfo }
  | { kind: 'signed-out'; reason: string }
  /** `info` of before, where there was any: which APIs there are does not change because nobody can be asked. */
  | { kind: 'unreachable'; reason: string; info?: SessionInfo }

/** The state after another look. */
export function nextSession(before: SessionState, next: SessionState): SessionState {
  const kept = next.kind === 'unreachable' && 'info' in before && before.info ? { ...next, info: before.info } : next
  return JSON.stringify(before) === JSON.stringify(kept) ? before : kept
}

/** The key in the address, which is taken out of it: nobody who looks at the screen is to copy it. */
export function takeLinkKey(): string | undefined {
  const key = /^#key=([\w-]{20,100})$/.exec(location.hash)?.[1]
  if (key !== undefined) history.replaceState(null, '', location.pathname + location.search)
  return key
}

/** Calls `onKey` with the key of each link that is pasted while the page is open: only the fragment changes, so nothing is loaded anew. */
export function watchLinkKey(onKey: (key: string) => void): () => void {
  const look = () => {
    const key = takeLinkKey()
    if (key !== undefined) onKey(key)
  }
  addEventListener('hashchange', look)
  return () => removeEventListener('hashchange', look)
}

export async function openSession(linkKey: string | undefined): Promise<SessionState> {
  try {
    const info =
      linkKey === undefined
        ? getJson<SessionInfo>('/session')
        : sendJson<SessionInfo>('POST', '/session', { key: linkKey })
    return { kind: 'signed-in', info: await info }
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return { kind: 'signed-out', reason: error.message }
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) }
  }
}
