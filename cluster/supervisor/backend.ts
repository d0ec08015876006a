// The embedded telemetry backend as a child process: ready when its query port answers.
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HttpError } from '../../services/kit/http/errors.ts'
import type { ProcessStatus } from '../control-plane/supervision.ts'
import { Child, type ChildDeath } from './child.ts'
import { logFileOf } from './data-dir.ts'
import { mallocEnvironment } from './frugality.ts'
import { memoryBytes } from './memory.ts'
import { neverReady } from './start-failure.ts'

export const BACKEND_ID = 'backend-1'

const READY_TIMEOUT_MS = 20_000
const POLL_MS = 20
const MAX_EARLY_DEATHS = 5

export type BackendOptions = {
  root: string
  dataDir: string
  ports: { otlp: number; jaeger: number; prometheus: number }
  /** Whose nodes it scrapes: the control plane's address and the run's token. */
  control: { url: string; token: string }
  version: string
  /** Its process has changed. */
  onProcesses(): void
  onDeath(death: ChildDeath): void
  onRestarted(id: string): void
  onKilled(id: string): void
}

export class Backend {
  readonly child: Child
  readonly #options: BackendOptions
  #ready = false
  #earlyDeaths = 0

  constructor(options: BackendOptions) {
    const { root, dataDir, ports, control, version } = options
    this.#options = options
    this.child = new Child(
      {
        id: BACKEND_ID,
        args: ['--max-semi-space-size=4', join(root, 'dist/backend.cjs')],
        env: () => ({
          ...mallocEnvironment,
          FAULTLINE_HOST: '127.0.0.1',
          FAULTLINE_OTLP_PORT: String(ports.otlp),
          FAULTLINE_JAEGER_PORT: String(ports.jaeger),
          FAULTLINE_PROMETHEUS_PORT: String(ports.prometheus),
          FAULTLINE_CONTROL_URL: control.url,
          FAULTLINE_TOKEN: control.token,
          FAULTLINE_VERSION: version,
          FAULTLINE_PARENT_PIPE: '1',
        }),
        logFile: logFileOf(dataDir, BACKEND_ID),
      },
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
      const { tail, path } = this.child.log
      if (this.child.state === 'stopped') throw neverReady(BACKEND_ID, 'it was stopped', tail, path)
      if (this.#earlyDeaths >= MAX_EARLY_DEATHS)
        throw neverReady(BACKEND_ID, `it died ${this.#earlyDeaths} times`, tail, path)
      if (performance.now() > endMs) {
        throw neverReady(BACKEND_ID, `it does not answer after ${READY_TIMEOUT_MS / 1000} s`, tail, path)
      }
      await delay(POLL_MS)
    }
    this.#ready = true
    this.#earlyDeaths = 0
    this.child.markRunning()
  }

  has(id: string): boolean {
    return id === BACKEND_ID
  }

  /** Starts it anew; its telemetry is in memory and is lost. */
  async restart(): Promise<void> {
    await this.child.stop()
    this.child.start()
    await this.ready()
    this.#options.onRestarted(BACKEND_ID)
  }

  kill(): { pid: number } {
    const pid = this.child.kill()
    if (pid === undefined) throw new HttpError(409, 'not_running', `${BACKEND_ID} has no process at the moment`)
    this.#options.onKilled(BACKEND_ID)
    return { pid }
  }

  status(): ProcessStatus[] {
    const { pid, state, restarts, uptimeS } = this.child
    return [
      {
        id: BACKEND_ID,
        kind: 'backend',
        region: 'global',
        role: 'backend',
        pid: pid ?? null,
        address: `127.0.0.1:${this.#options.ports.jaeger}`,
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
      const url = `http://127.0.0.1:${this.#options.ports.jaeger}/healthz`
      const request = get(url, { agent: false, timeout: 1_000 }, (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(false))
    })
  }
}
