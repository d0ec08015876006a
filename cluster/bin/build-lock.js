// Lets builds that start at the same time take turns.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const LOCK_POLL_MS = 20
const LOCK_STALE_MS = 60_000

/**
 * Waits for its turn. Resolves to the function that ends it.
 * @param {string} path a folder that exists while somebody builds
 * @returns {Promise<() => void>}
 */
export async function lock(path) {
  mkdirSync(dirname(path), { recursive: true })
  for (;;) {
    try {
      mkdirSync(path)
      writeFileSync(join(path, 'pid'), String(process.pid))
      return () => rmSync(path, { recursive: true, force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (isAbandoned(path)) rmSync(path, { recursive: true, force: true })
    else await delay(LOCK_POLL_MS)
  }
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isAbandoned(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs
    if (age > LOCK_STALE_MS) return true
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'))
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
