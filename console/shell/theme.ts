// Light or dark: the reader's choice, else the system's. Written to the page as data-theme, which tokens.css goes by.

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const KEY = 'faultline-theme'

export function readTheme(): Theme {
  const stored = localStorage.getItem(KEY)
  return themes.find((theme) => theme === stored) ?? 'system'
}

export function saveTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
}

/** Follows the system as long as nothing else is chosen. */
export function applyTheme(theme: Theme): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const shown = readTheme() === 'system' ? (dark.matches ? 'dark' : 'light') : readTheme()
    document.documentElement.dataset['theme'] = shown
  }
  saveTheme(theme)
  apply()
  dark.onchange = apply
}
