// A process beside the nodes, such as the telemetry backend or the console: ready when its health check answers.
import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { HttpError } from '../../services/kit/http/errors.ts'
import type { NodeStatus } from '../control-plane/contract.ts'
import type { ProcessStatus } from '../control-plane/supervision.ts'
import { Child, type ChildDeath } from './child.ts'
import { logFileOf } from './data-dir.ts'
import { memoryBytes } from './memory.ts'
import { neverReady } from './start-failure.ts'

const READY_TIMEOUT_MS = 20_000
const POLL_MS = 20
const MAX_EARLY_DEATHS = 5

export type CompanionOptions = {
  id: string
  role: Extract<NodeStatus['role'], 'backend' | 'console'>
  args: readonly string[]
  env: () => Record<string, string>
  dataDir: string
  /** `host:port` by which it is known; `GET /healthz` there answers 200 when it is ready. */
  address: string
  /** Its process has changed. */
  onProcesses(): void
  onDeath(death: ChildDeath): void
  onRestarted(id: string): void
  onKilled(id: string): void
}

export class Companion {
  readonly child: Child
  readonly #options: CompanionOptions
  #ready = false
  #earlyDeaths = 0

  constructor(options: CompanionOptions) {
    const { id, args, env, dataDir } = options
    this.#options = options
    this.child = new Child(
      { id, args: [...args], env, logFile: logFileOf(dataDir, id) },
      {
        onChange: () => {
          this.#ready = false
          options.onProcesses()
        },
        onDeath: (death) => {
          this.#earlyDeaths++
          options.onDeath(death)
          void this.ready().catch(() => undefined)
        },
      },
    )
  }

  start(): void {
    this.child.start()
  }

  /** Resolves when it answers. Rejects with a `StartFailure` that quotes its log when it dies five times or answers for 20 s not. */
  async ready(): Promise<void> {
    const endMs = performance.now() + READY_TIMEOUT_MS
    while (!(await this.#answers())) {
      const { id } = this.#options
      const { tail, path } = this.child.log
      if (this.child.state === 'stopped') throw neverReady(id, 'it was stopped', tail, path)
      if (this.#earlyDeaths >= MAX_EARLY_DEATHS) throw neverReady(id, `it died ${this.#earlyDeaths} times`, tail, path)
      if (performance.now() > endMs) {
        throw neverReady(id, `it does not answer after ${READY_TIMEOUT_MS / 1000} s`, tail, path)
      }
      await delay(POLL_MS)
    }
    this.#ready = true
    this.#earlyDeaths = 0
    this.child.markRunning()
  }

  has(id: string): boolean {
    return id === this.#options.id
  }

  /** Starts it anew; what it had in memory is lost. */
  async restart(): Promise<void> {
    await this.child.stop()
    this.child.start()
    await this.ready()
    this.#options.onRestarted(this.#options.id)
  }

  kill(): { pid: number } {
    const pid = this.child.kill()
    if (pid === undefined) throw new HttpError(409, 'not_running', `${this.#options.id} has no process at the moment`)
    this.#options.onKilled(this.#options.id)
    return { pid }
  }

  status(): ProcessStatus[] {
    const { id, role, address } = this.#options
    const { pid, state, restarts, uptimeS } = this.child
    return [
      {
        id,
        kind: role,
        region: 'global',
        role,
        pid: pid ?? null,
        address,
        state,
        ready: this.#ready,
        restarts,
        memoryBytes: pid === undefined ? null : memoryBytes(pid),
        uptimeS: uptimeS ?? null,
      },
    ]
  }

  #answers(): Promise<boolean> {
    if (this.child.pid === undefined) return Promise.resolve(false)
    return new Promise((resolve) => {
      const url = `http://${this.#options.address}/healthz`
      const request = get(url, { agent: false, timeout: 1_000 }, (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(false))
    })
  }
}
