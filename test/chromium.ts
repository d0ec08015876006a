// The installed Chromium, for tests and benchmarks.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Undefined where there is none. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** Throws an `Error` where there is none. */
export function launchBrowser(): Promise<Browser> {
  if (!chromiumPath) throw new Error('chromium is not installed; on Debian: apt-get install chromium')
  // Its sandbox refuses root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: chromiumPath, args: [...args, '--disable-dev-shm-usage'] })
}
