// The embedded telemetry backend as a child process: ready when it says that it listens.
import { join } from 'node:path'
import { request } from 'undici'
import type { ProcessStatus } from '../control-plane/supervision.ts'
import { Child, type ChildEvents } from './child.ts'
import { logFileOf } from './fleet.ts'
import { memoryBytes } from './memory.ts'
import { neverReady } from './start-failure.ts'

const READY_TIMEOUT_MS = 20_000
const POLL_MS = 20

export type BackendOptions = {
  root: string
  dataDir: string
  ports: { otlp: number; jaeger: number }
  events: ChildEvents
}

export class Backend {
  readonly child: Child
  readonly #jaegerPort: number
  readonly #logFile: string
  #ready = false

  constructor({ root, dataDir, ports, events }: BackendOptions) {
    this.#jaegerPort = ports.jaeger
    this.#logFile = logFileOf(dataDir, 'backend-1')
    this.child = new Child(
      {
        id: 'backend-1',
        args: ['--max-semi-space-size=4', join(root, 'dist/backend.cjs')],
        env: {
          FAULTLINE_HOST: '127.0.0.1',
          FAULTLINE_OTLP_PORT: String(ports.otlp),
          FAULTLINE_JAEGER_PORT: String(ports.jaeger),
          FAULTLINE_PARENT_PIPE: '1',
        },
        logFile: this.#logFile,
      },
      {
        onChange: () => {
          this.#ready = false
          events.onChange()
        },
        onDeath: (death) => {
          events.onDeath(death)
          void this.ready().catch(() => undefined)
        },
      },
    )
  }

  start(): void {
    this.child.start()
  }

  /** Resolves when it answers. Rejects with a `StartFailure` that quotes its log. */
  async ready(): Promise<void> {
    const endMs = performance.now() + READY_TIMEOUT_MS
    while (performance.now() < endMs) {
      if (await this.#answers()) {
        this.#ready = true
        this.child.markRunning()
        return
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    throw neverReady('backend-1', 'no answer', this.child.log.tail, this.#logFile)
  }

  async restart(): Promise<void> {
    await this.child.stop()
    this.child.start()
    await this.ready()
  }

  status(): ProcessStatus {
    const { pid, state, restarts, uptimeS } = this.child
    return {
      id: 'backend-1',
      kind: 'backend',
      region: 'global',
      role: 'backend',
      pid: pid ?? null,
      address: `127.0.0.1:${this.#jaegerPort}`,
      state,
      ready: this.#ready,
      restarts,
      memoryBytes: pid === undefined ? null : memoryBytes(pid),
      uptimeS: uptimeS ?? null,
    }
  }

  async #answers(): Promise<boolean> {
    const response = await request(`http://127.0.0.1:${this.#jaegerPort}/healthz`).catch(() => undefined)
    await response?.body.dump()
    return response?.statusCode === 200
  }
}
