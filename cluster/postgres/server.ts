/** One PostgreSQL server process with its life: start, stop, kill, restart. Knows nothing of the other servers. */
import { setTimeout as delay } from 'node:timers/promises'
import { PostgresError } from './errors.ts'
import { type Launched, launch, type Programs, waitUntilReady } from './launch.ts'
import { stopLeftovers } from './leftovers.ts'
import { killServer } from './processes.ts'

const PORT_RETRY_MS = 100
const PORT_DEADLINE_MS = 5_000

export type ServerRole = 'primary' | 'replica'
export type ServerState = 'stopped' | 'starting' | 'ready' | 'stopping'

/** The death of a server that nobody asked for. */
export interface ServerExit {
  name: string
  pid: number
  code: number | null
  signal: NodeJS.Signals | null
}

/** What a server is made of. `pgdata` is a real, absolute path. */
export interface ServerDeps {
  name: string
  region: string
  /** What it is at present: a promotion changes that. */
  role: () => ServerRole
  port: number
  pgdata: string
  logFile: string
  programs: Programs
  /** Brings folder and configuration up to date before each start, with the port to use. */
  prepare(port: number): Promise<void>
  /** Called once when a start failed for a reason other than the port; true: worth another try. */
  repair(error: PostgresError): Promise<boolean>
  /** Another port for a server that has not been up yet and found its own taken. */
  nextPort(port: number): Promise<number>
  onExit(exit: ServerExit): void
}

/** A server process. The methods may be called in any state and order; `kill` does not wait for the others. */
export class PostgresServer {
  readonly name: string
  readonly region: string
  readonly pgdata: string
  readonly logFile: string
  readonly #deps: ServerDeps
  #port: number
  #state: ServerState = 'stopped'
  #launched: Launched | undefined
  #starts = 0
  /** Aborted by a stop or kill, so that a start under way gives up. */
  #cancel = new AbortController()
  #starting: Promise<void> | undefined
  #ending: Promise<unknown> | undefined

  constructor(deps: ServerDeps) {
    this.#deps = deps
    this.name = deps.name
    this.region = deps.region
    this.pgdata = deps.pgdata
    this.logFile = deps.logFile
    this.#port = deps.port
  }

  get role(): ServerRole {
    return this.#deps.role()
  }

  get state(): ServerState {
    return this.#state
  }

  /** Port on 127.0.0.1; final once the server has been ready. */
  get port(): number {
    return this.#port
  }

  /** The postmaster's process id while there is one. */
  get pid(): number | undefined {
    return this.#launched?.pid
  }

  /** How often it became ready again after the first time. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1)
  }

  /**
   * Starts the server and resolves when it accepts connections; at once when it already does.
   * @throws PostgresError `start-failed`, `port-taken`, or `killed` when a stop or kill came meanwhile.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  /** Disconnects all clients and shuts down cleanly; SIGKILL after five seconds. Calls off a start under way. */
  stop(): Promise<void> {
    return this.#end(async (calledOff) => {
      // A signal can get lost while a server starts, so the start is left to end it.
      await calledOff
      await stopLeftovers(this.pgdata)
    })
  }

  /** SIGKILLs the server with all its children, as a crash would; resolves once they are gone. */
  kill(): Promise<void> {
    return this.#end(async (calledOff) => {
      await killServer(this.pgdata)
      await calledOff
    })
  }

  /** Stops and starts again, on the same port. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async #start(): Promise<void> {
    const cancel = new AbortController()
    this.#cancel = cancel
    await this.#ending
    if (this.#state === 'ready') return
    this.#state = 'starting'
    try {
      await this.#startOnFreePort(cancel.signal).catch(async (error: unknown) => {
        const mayRepair = error instanceof PostgresError && error.code === 'start-failed' && !cancel.signal.aborted
        if (!mayRepair || !(await this.#deps.repair(error))) throw error
        await this.#startOnFreePort(cancel.signal)
      })
      this.#state = 'ready'
      this.#starts++
    } catch (error) {
      this.#state = 'stopped'
      this.#launched = undefined
      throw error
    }
  }

  async #startOnFreePort(signal: AbortSignal): Promise<void> {
    const end = performance.now() + PORT_DEADLINE_MS
    for (;;) {
      try {
        return await this.#startOnce(signal)
      } catch (error) {
        if (!(error instanceof PostgresError) || error.code !== 'port-taken' || performance.now() > end) throw error
      }
      // Callers already know the port of a server that has been up: wait for it to become free again.
      if (this.#starts === 0) this.#port = await this.#deps.nextPort(this.#port)
      else await delay(PORT_RETRY_MS)
    }
  }

  async #startOnce(signal: AbortSignal): Promise<void> {
    await stopLeftovers(this.pgdata)
    await this.#deps.prepare(this.#port)
    assertWanted(signal, this.name)
    const launched = await launch(this.#deps.programs, this.pgdata, this.logFile)
    this.#launched = launched
    launched.child.once('exit', (code, killedBy) => this.#onExit(launched, code, killedBy))
    try {
      await waitUntilReady(launched, this.pgdata, this.logFile, () => assertWanted(signal, this.name))
    } catch (error) {
      await killServer(this.pgdata)
      throw error
    }
  }

  #onExit(launched: Launched, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#launched !== launched || this.#state !== 'ready') return
    this.#state = 'stopped'
    this.#launched = undefined
    this.#deps.onExit({ name: this.name, pid: launched.pid, code, signal })
  }

  #end(how: (calledOff: Promise<void> | undefined) => Promise<void>): Promise<void> {
    this.#cancel.abort()
    if (this.#state === 'ready') this.#state = 'stopping'
    const ending = how(this.#starting?.catch(() => undefined)).finally(() => {
      this.#state = 'stopped'
      this.#launched = undefined
    })
    this.#ending = Promise.allSettled([this.#ending, ending])
    return ending
  }
}

function assertWanted(signal: AbortSignal, name: string): void {
  if (signal.aborted) throw new PostgresError('killed', `The start of ${name} was called off.`)
}
