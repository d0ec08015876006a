// The bar on top: name, views, the shared time, connection, theme and help.
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { SessionState } from './session.ts'
import { applyTheme, readTheme, saveTheme, type Theme, themes } from './theme.ts'
import { TimeControl } from './time-control.tsx'
import { type View, views } from './views.ts'

type Props = { current: View | undefined; hasTime: boolean; session: SessionState; onHelp: () => void }

export function Header({ current, hasTime, session, onHelp }: Props) {
  const nav = useRef<HTMLElement>(null)
  const id = current?.id
  // On a phone the views do not fit beside each other: the one that is shown comes into sight.
  useEffect(() => {
    if (id) nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [id])
  return (
    <header className="header">
      <Link href="/" className="brand" aria-label="Faultline, start page">
        <svg viewBox="0 0 32 20" width="32" height="20" aria-hidden="true">
          <path d="M1 12h8l3-9 5 15 3-9h11" />
        </svg>
        <span>Faultline</span>
      </Link>
      <nav ref={nav} className="nav" aria-label="Views">
        {views.map((view) => (
          <Link key={view.id} href={view.link} aria-current={view.id === current?.id ? 'page' : undefined}>
            {view.title}
          </Link>
        ))}
      </nav>
      <div className="header-end">
        {hasTime && <TimeControl />}
        <Connection session={session} />
        <ThemeButton />
        <button
          type="button"
          className="icon-button"
          onClick={onHelp}
          aria-label="Keyboard shortcuts"
          title="Keyboard (?)"
        >
          ?
        </button>
      </div>
    </header>
  )
}

const connections: Record<SessionState['kind'], { text: string; tone: string }> = {
  starting: { text: 'connecting', tone: 'idle' },
  'signed-in': { text: 'live', tone: 'ok' },
  'signed-out': { text: 'signed out', tone: 'warn' },
  unreachable: { text: 'offline', tone: 'error' },
}

function Connection({ session }: { session: SessionState }) {
  const { text, tone } = connections[session.kind]
  const title = 'reason' in session ? session.reason : 'The console’s server answers'
  return (
    <span className={`connection tone-${tone}`} role="status" title={title}>
      <span className="dot" aria-hidden="true" />
      {text}
    </span>
  )
}

const themeIcons: Record<Theme, string> = { system: '◐', light: '☀', dark: '☾' }

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme)
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  const change = () => {
    saveTheme(next)
    applyTheme(next)
    setTheme(next)
  }
  return (
    <button
      type="button"
      className="icon-button"
      onClick={change}
      aria-label={`Colours: ${theme}; change to ${next}`}
      title={`Colours: ${theme}`}
    >
      <span aria-hidden="true">{themeIcons[theme]}</span>
    </button>
  )
}
