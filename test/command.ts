// The command `faultline` as a real process: what it prints, how it ends, and which processes are there afterwards.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAlive } from '../cluster/supervisor/process-identity.ts'
import { readRunFile } from '../cluster/supervisor/run-file.ts'
import { until } from './until.ts'

const launcher = resolve(import.meta.dirname, '../cluster/bin/faultline.js')

export type Outcome = { code: number | string; stdout: string; stderr: string }

export type Command = {
  readonly pid: number
  /** Everything that it has printed so far. */
  output(): string
  /** Resolves when the output has the text; throws when it does not come, or the command ends first. */
  says(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Resolves when it has ended: with its exit code, or the signal that ended it. */
  readonly ended: Promise<Outcome>
}

/** Runs `faultline` with these arguments and waits for nothing. */
export function startCommand(args: string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let outcome: Outcome | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Outcome>((done) => {
    child.once('close', (code, signal) => {
      outcome = { code: signal ?? code ?? -1, stdout, stderr }
      done(outcome)
    })
  })
  const output = () => stdout + stderr
  return {
    // It has one: `spawn` of this very Node does not fail.
    pid: child.pid ?? -1,
    output,
    says: async (text) => {
      await until(
        `"${text}" in the output`,
        () => {
          if (output().includes(text)) return true
          if (outcome) throw new Error(`it ended with ${outcome.code} before it said "${text}":\n${output()}`)
          return false
        },
        60_000,
      )
    },
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

/** Runs `faultline` to its end. */
export function runCommand(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return startCommand(args, env).ended
}

export type Witness = { id: string; pid: number; isThere(): boolean }

/** Every process of the run in the data directory, PostgreSQL's primary too, each told apart from a later one with its pid. */
export function processesOf(dataDir: string): Witness[] {
  const run = readRunFile(dataDir)
  if (!run) throw new Error(`nothing runs in ${dataDir}`)
  const nodes = [{ id: 'supervisor', ...run.supervisor }, ...run.children].map((child) => ({
    id: child.id,
    pid: child.pid,
    isThere: () => isAlive(child),
  }))
  const postmaster = postmasterPid(dataDir)
  if (postmaster === undefined) return nodes
  return [...nodes, { id: 'postgres-na', pid: postmaster, isThere: () => isPostgresOf(postmaster, dataDir) }]
}

/** Names of those that are alive. */
export function alive(processes: readonly Witness[]): string[] {
  return processes.filter((process) => process.isThere()).map(({ id }) => id)
}

/** Undefined while PostgreSQL does not run. */
function postmasterPid(dataDir: string): number | undefined {
  try {
    return Number(readFileSync(join(dataDir, 'postgres/postgres-na/postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return undefined
  }
}

/** Its command line names its data directory. */
function isPostgresOf(pid: number, dataDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(dataDir, 'postgres/postgres-na'))
  } catch {
    return false
  }
}
