// One run at a time on a data directory: takes it for this run, and ends what a supervisor that died without a farewell has left running.
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, signalProcess } from './process-identity.ts'
import { createRunFile, type RunFile, readRunFile, removeStaleRunFile, runFilePath } from './run-file.ts'
import { StartFailure } from './start-failure.ts'

const GRACE_MS = 2_000
const POLL_MS = 20
const MAX_CLAIMS = 5

/** A cluster already runs on the data directory. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
}

/**
 * Puts `run` into the data directory as the run file. Its children then are what an earlier run has left alive: they stay on record
 * until `endProcesses` has ended them. Throws `AlreadyRunning` while another supervisor is alive.
 */
export function claimRun(dataDir: string, run: RunFile): RunFile {
  for (let claim = 0; claim < MAX_CLAIMS; claim++) {
    const past = readRunFile(dataDir)
    if (past && isAlive(past.supervisor)) throw alreadyRunning(dataDir, past)
    const claimed = { ...run, children: past?.children.filter(isAlive) ?? [] }
    if (past || existsSync(runFilePath(dataDir))) removeStaleRunFile(dataDir, past)
    if (createRunFile(dataDir, claimed)) return claimed
  }
  throw new StartFailure(`another start in ${dataDir} was faster`)
}

function alreadyRunning(dataDir: string, { supervisor }: RunFile): AlreadyRunning {
  return new AlreadyRunning(
    `a cluster runs in ${dataDir} already (supervisor ${supervisor.pid}); stop it with \`npx faultline down\`, or choose another --data`,
  )
}

/** Without starting anything: ends what a dead supervisor left and removes its run file. Returns how many processes there were. */
export async function endPastRun(dataDir: string): Promise<number> {
  const past = readRunFile(dataDir)
  if (past && isAlive(past.supervisor)) throw alreadyRunning(dataDir, past)
  const left = past?.children.filter(isAlive) ?? []
  await endProcesses(left)
  removeStaleRunFile(dataDir, past)
  return left.length
}

/** SIGTERM, and SIGKILL after two seconds; frozen processes are woken. Resolves when none of them is alive. */
export async function endProcesses(processes: RunFile['children']): Promise<void> {
  for (const one of processes) signalProcess(one, 'SIGTERM')
  const endMs = performance.now() + GRACE_MS
  while (processes.some(isAlive) && performance.now() < endMs) await delay(POLL_MS)
  for (const one of processes) signalProcess(one, 'SIGKILL')
  while (processes.some(isAlive)) await delay(POLL_MS)
}
