// Where the web application starts: signs in by the link's key, if there is one, and draws the shell.
import { createRoot } from 'react-dom/client'
import './tokens.css'
import './base.css'
import './layout.css'
import { App } from './app.tsx'
import { takeLinkKey } from './session.ts'
import { applyTheme, readTheme } from './theme.ts'
import { viewAt } from './views.ts'

applyTheme(readTheme())
const key = takeLinkKey()
// The view comes while the session is opened.
void viewAt(location.pathname)
  ?.load()
  .catch(() => undefined)
const root = document.getElementById('root')
if (root) createRoot(root).render(<App linkKey={key} />)
