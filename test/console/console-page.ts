// A page of the console in a real browser, signed in by the link; and what axe finds wrong with it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { consoleLink } from '../../console/server/session.ts'

export type ConsolePage = {
  page: Page
  /** What the page, or its content security policy, complained about so far. */
  complaints: string[]
  /** Goes to a path of the console; signed in already. */
  go(path: string): Promise<void>
  close(): Promise<void>
}

export type ConsolePageOptions = {
  theme?: 'light' | 'dark'
  width?: number
  height?: number
  /** For whoever comes without the link. */
  signedOut?: boolean
}

export const phone = { width: 390, height: 844 }

/** A page of its own, signed in by the link that a start prints. */
export async function openConsole(
  browser: Browser,
  { urls, token }: { urls: { console: string }; token: string },
  { theme = 'dark', width = 1280, height = 720, signedOut = false }: ConsolePageOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(signedOut ? urls.console : consoleLink(urls.console, token))
  if (!signedOut) await page.locator('.connection', { hasText: 'live' }).waitFor()
  return {
    page,
    complaints,
    async go(path) {
      await page.goto(`${urls.console}${path}`)
    },
    close: () => context.close(),
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type AxeResults = { violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }

const everyRule = `{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }`
const colourRule = `{ runOnly: { type: 'rule', values: ['color-contrast'] } }`

/**
 * Breaches of WCAG 2.2 A and AA that axe finds in what is shown, one line each.
 * @param only the colours: enough for a page that was looked at whole in its other theme
 */
export async function accessibilityFaults(page: Page, { only }: { only?: 'colours' } = {}): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, ${only === 'colours' ? colourRule : everyRule})`,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`),
  )
}

/** Names of what makes the page as a whole wider than the window; scrolling within a part is that part's business. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
      .map((each) => each.tagName + '.' + each.className).slice(0, 5)`)
}
