// Where the web application starts: signs in by the link's key, if there is one, and draws the shell.
import { createRoot } from 'react-dom/client'
import './tokens.css'
import './base.css'
import './layout.css'
import { App, preloadView } from './app.tsx'
import { takeLinkKey } from './session.ts'
import { applyTheme, readTheme } from './theme.ts'

applyTheme(readTheme())
const key = takeLinkKey()
preloadView(location.pathname)
const root = document.getElementById('root')
if (root) createRoot(root).render(<App linkKey={key} />)
