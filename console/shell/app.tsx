// The shell around all views: signs in, shows navigation and connection, and loads the view that the address names.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { readPresenting, subscribeToPresenting } from '../presenter/presenter-state.ts'
import { type Deferred, deferred } from './deferred.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Header } from './header.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { Empty, Loading } from './notices.tsx'
import { nextSession, openSession, type SessionState, watchLinkKey } from './session.ts'
import { SessionContext } from './session-context.ts'
import { ShortcutProvider, useShortcut } from './shortcuts.tsx'
import { SignedOut } from './signed-out.tsx'
import { StandardRefresh } from './use-time-range.ts'
import { hasTimeAt, standardRefreshMs, viewAt, views } from './views.ts'

/** How often the connection is looked at. */
const CHECK_MS = 5_000

const shownViews: ReadonlyMap<string, Deferred<object>> = new Map(
  views.map(({ id, title, load }) => [id, deferred(load, <Loading what={title} />)]),
)

/** Over whatever view is shown, once a script was started; its code does not come before. */
const PresenterOverlay = deferred(async () => (await import('../presenter/presenter-overlay.tsx')).PresenterOverlay)

/** Has a view's code come while the session is opened. */
export function preloadView(path: string): void {
  void shownViews.get(viewAt(path)?.id ?? '')?.preload()
}

export function App({ linkKey }: { linkKey: string | undefined }) {
  const session = useSession(linkKey)
  return (
    <ShortcutProvider>
      <SessionContext value={session}>
        <Shell session={session} />
      </SessionContext>
    </ShortcutProvider>
  )
}

function Shell({ session }: { session: SessionState }) {
  const [location, navigate] = useLocation()
  const [helpOpen, setHelpOpen] = useState(false)
  useShortcut('?', 'This list', () => setHelpOpen(true))
  const current = viewAt(location)
  const presenting = useSyncExternalStore(subscribeToPresenting, readPresenting)
  useEffect(() => {
    document.title = current ? `${current.title} · Faultline` : 'Faultline'
  }, [current])
  // Signed in once, a view stays: what it shows is still true when the connection is lost.
  const [entered, setEntered] = useState(false)
  if (session.kind === 'signed-in' && !entered) setEntered(true)
  return (
    <StandardRefresh value={standardRefreshMs(location)}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header current={current} hasTime={hasTimeAt(location)} session={session} onHelp={() => setHelpOpen(true)} />
      {views.map((view) => (
        <GoTo key={view.id} keys={`g ${view.key}`} title={view.title} run={() => navigate(view.link)} />
      ))}
      <main id="main" tabIndex={-1} className={current ? `view view-${current.id}` : 'view'}>
        {session.kind === 'starting' && !entered && <Loading what="the console" />}
        {session.kind === 'signed-out' && <SignedOut reason={session.reason} />}
        {session.kind === 'unreachable' && !entered && (
          <Empty title="The console’s server does not answer">
            <p>
              Start the cluster with <code>npm start</code>; this page goes on by itself.
            </p>
          </Empty>
        )}
        {entered && session.kind !== 'signed-out' && (
          <ErrorBoundary key={current?.id ?? ''} what={current?.title ?? 'This view'}>
            <Views />
          </ErrorBoundary>
        )}
      </main>
      {entered && presenting && <PresenterOverlay />}
      <HelpDialog open={helpOpen} onClose={() => setHelpOpen(false)} />
    </StandardRefresh>
  )
}

function Views() {
  return (
    <Switch>
      {views.map(({ id, pattern }) => {
        const component = shownViews.get(id)
        return component && <Route key={id} path={pattern} component={component} />
      })}
      <Route path="/">
        <Redirect to={`${views[0]?.link ?? '/traces'}${location.search}`} replace />
      </Route>
      <Route>
        <Empty title="There is no such page">
          <p>Choose one of the views above.</p>
        </Empty>
      </Route>
    </Switch>
  )
}

function GoTo({ keys, title, run }: { keys: string; title: string; run: () => void }) {
  useShortcut(keys, `Go to ${title}`, run)
  return null
}

function useSession(linkKey: string | undefined): SessionState {
  const [session, setSession] = useState<SessionState>({ kind: 'starting' })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // Only what the newest look tells counts: one without the key may still be under way.
    let newest = 0
    const look = async (key: string | undefined) => {
      const own = ++newest
      clearTimeout(timer)
      let next = await openSession(key)
      // Whoever is signed in stays so when the link is one of an earlier run.
      if (key !== undefined && next.kind === 'signed-out') {
        const without = await openSession(undefined)
        if (without.kind === 'signed-in') next = without
      }
      if (own !== newest) return
      setSession((before) => nextSession(before, next))
      timer = setTimeout(() => void look(undefined), CHECK_MS)
    }
    void look(linkKey)
    const stopWatching = watchLinkKey((key) => void look(key))
    return () => {
      newest = 0
      stopWatching()
      clearTimeout(timer)
    }
  }, [linkKey])
  return session
}
