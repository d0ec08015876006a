// One child process with its life: spawned, started again when it dies by itself, stopped or killed when asked.
import { type ChildProcess, spawn } from 'node:child_process'
import type { NodeState } from '../control-plane/contract.ts'
import { afterDeath, noDeaths } from './backoff.ts'
import { LogFile } from './log-file.ts'

export type ChildState = (typeof NodeState)['options'][number]

export type ChildSpec = {
  id: string
  /** Arguments of `node`. */
  args: string[]
  /** The whole environment; asked for at each start. */
  env: () => Record<string, string>
  logFile: string
}

export type ChildDeath = {
  id: string
  /** Its exit code or the signal that ended it. */
  reason: string
  livedMs: number
  /** Deaths in a row, each soon after the start. */
  consecutive: number
  /** Until it is started again. */
  waitMs: number
  tail: readonly string[]
}

export type ChildEvents = {
  /** It has a process, or has none any more. */
  onChange(): void
  /** It died unasked, and will be started again in a moment: after what this returns has settled, too. */
  onDeath(death: ChildDeath): Promise<void> | void
}

/** How long a child has to leave in order. */
const STOP_GRACE_MS = 6_000

export class Child {
  readonly id: string
  readonly log: LogFile
  readonly #spec: ChildSpec
  readonly #events: ChildEvents
  #process: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #startedAtMs = 0
  #deaths = noDeaths
  #restarts = 0
  #wanted = false
  #timer: NodeJS.Timeout | undefined
  state: ChildState = 'stopped'

  constructor(spec: ChildSpec, events: ChildEvents) {
    this.id = spec.id
    this.log = new LogFile(spec.logFile)
    this.#spec = spec
    this.#events = events
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Unexpected deaths. */
  get restarts(): number {
    return this.#restarts
  }

  /** Seconds since the process started; undefined without one. */
  get uptimeS(): number | undefined {
    return this.#process && (performance.now() - this.#startedAtMs) / 1000
  }

  /** Spawns the process; from now on it is spawned again whenever it dies. */
  start(): void {
    this.#wanted = true
    this.#deaths = noDeaths
    if (!this.#process) this.#spawn('starting')
  }

  /** Says that it works; its owner knows how to tell. */
  markRunning(): void {
    if (this.state === 'starting' || this.state === 'restarting') this.state = 'running'
  }

  /** From now on its exit is no death. */
  expectExit(state: 'draining' | 'stopping'): void {
    this.#wanted = false
    clearTimeout(this.#timer)
    if (this.#process) this.state = state
  }

  /** Ends the process: SIGTERM, and SIGKILL when it takes longer than its grace. A stopped (SIGSTOP) process is woken for it. */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.expectExit('stopping')
    const child = this.#process
    if (child) {
      child.kill('SIGTERM')
      child.kill('SIGCONT')
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await this.#gone
      clearTimeout(late)
    }
    this.state = 'stopped'
    await this.log.close()
  }

  /** SIGKILLs the process, as a crash would; it is started again. Returns the pid that was killed, if there was one. */
  kill(): number | undefined {
    const { pid } = this
    this.#process?.kill('SIGKILL')
    return pid
  }

  #spawn(state: ChildState): void {
    this.state = state
    this.#startedAtMs = performance.now()
    const child = spawn(process.execPath, this.#spec.args, {
      env: this.#spec.env(),
      // A session of its own: Ctrl-C in the terminal is for the supervisor alone, which stops its children in order.
      detached: true,
      // Standard input is the pipe whose end tells the child that the supervisor is gone.
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#process = child
    child.stdin.on('error', () => {})
    this.log.follow(child.stdout)
    this.log.follow(child.stderr)
    this.#gone = new Promise((resolve) => {
      child.once('error', (error) => this.log.write(`${error.message}\n`))
      child.once('close', (code, signal) => {
        this.#process = undefined
        this.#ended(signal ?? `exit code ${code}`)
        resolve()
      })
    })
    this.#events.onChange()
  }

  #ended(reason: string): void {
    this.#events.onChange()
    if (!this.#wanted) {
      this.state = 'stopped'
      return
    }
    const livedMs = performance.now() - this.#startedAtMs
    const { deaths, waitMs } = afterDeath(this.#deaths, livedMs)
    const { consecutive } = deaths
    this.#deaths = deaths
    this.#restarts++
    this.state = 'restarting'
    const settled = this.#events.onDeath({ id: this.id, reason, livedMs, consecutive, waitMs, tail: this.log.tail })
    this.#timer = setTimeout(async () => {
      await settled
      if (this.#wanted && !this.#process) this.#spawn('restarting')
    }, waitMs)
  }
}
