// What a supervisor in the background tells the `up --detach` that started it, over Node's IPC channel.
import { HttpError } from '../../services/kit/http/errors.ts'
import { PostgresError } from '../postgres/errors.ts'
import { AlreadyRunning } from '../supervisor/past-run.ts'
import type { Progress } from '../supervisor/progress.ts'
import { StartFailure } from '../supervisor/start-failure.ts'
import { CliError } from './context.ts'
import type { ProgressView } from './progress.ts'

/** Both ends are this program in this version, so the shape needs no check. */
export type WatchMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'ready' }
  | { type: 'failed'; message: string }

/** What a supervisor shows of its life, and to whom. */
export type SupervisorView = ProgressView & {
  /** The cluster is up. */
  ready(): Promise<void>
  /** It could not start; nothing of it is left. */
  failed(error: unknown): Promise<void>
}

/** A view for the process that watches the start. Calls `onLost` when that process is gone before the cluster is ready. */
export function watcherView(onLost: () => void): SupervisorView {
  const send = (message: WatchMessage): Promise<void> =>
    new Promise((resolve) => {
      if (process.connected) process.send?.(message, () => resolve())
      else resolve()
    })
  process.once('disconnect', onLost)
  return {
    show: (progress) => void send({ type: 'progress', progress }),
    end() {},
    async ready() {
      process.off('disconnect', onLost)
      await send({ type: 'ready' })
      process.disconnect()
    },
    failed: (error) => send({ type: 'failed', message: describeError(error) }),
  }
}

/** The message of a failure that the user can act on; the stack of any other. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const expected = [CliError, HttpError, StartFailure, AlreadyRunning, PostgresError]
  return expected.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message)
}
