// What an earlier run left in the data directory: refused when it still runs, ended when its supervisor died without a farewell.
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, signalProcess } from './process-identity.ts'
import { type RunFile, readRunFile, removeRunFile } from './run-file.ts'

const GRACE_MS = 2_000
const POLL_MS = 20

/** A cluster already runs on the data directory. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
}

/**
 * Ends what a dead supervisor left running, frozen processes too, and removes its run file. Returns how many processes there were.
 * Throws `AlreadyRunning` when the supervisor is alive.
 */
export async function endPastRun(dataDir: string): Promise<number> {
  const run = readRunFile(dataDir)
  if (!run) {
    removeRunFile(dataDir)
    return 0
  }
  if (isAlive(run.supervisor)) {
    throw new AlreadyRunning(
      `a cluster runs in ${dataDir} already (supervisor ${run.supervisor.pid}); stop it with \`npx faultline down\`, or choose another --data`,
    )
  }
  const left = run.children.filter(isAlive)
  await endAll(left)
  removeRunFile(dataDir)
  return left.length
}

async function endAll(children: RunFile['children']): Promise<void> {
  for (const child of children) signalProcess(child, 'SIGTERM')
  const endMs = performance.now() + GRACE_MS
  while (children.some(isAlive) && performance.now() < endMs) await delay(POLL_MS)
  for (const child of children) signalProcess(child, 'SIGKILL')
  while (children.some(isAlive)) await delay(POLL_MS)
}
