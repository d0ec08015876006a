// This run's entry in the data directory, kept up to date: whoever comes after a crash finds there what to end.
import type { ClusterUrls } from '../control-plane/contract.ts'
import type { ClusterSize } from '../topology/nodes.ts'
import { claimRun, endProcesses } from './past-run.ts'
import { identify } from './process-identity.ts'
import { type RunFile, removeRunFile, writeRunFile } from './run-file.ts'
import { StartFailure } from './start-failure.ts'

const MERGE_MS = 50

type Process = { id: string; pid: number | undefined }

export class RunRecord {
  readonly #dataDir: string
  #run: RunFile
  #open = true
  #timer: NodeJS.Timeout | undefined

  private constructor(dataDir: string, run: RunFile) {
    this.#dataDir = dataDir
    this.#run = run
  }

  /** Takes the data directory for this process. Throws `AlreadyRunning` or `StartFailure`. */
  static claim(dataDir: string, about: { version: string; size: ClusterSize; token: string }): RunRecord {
    const supervisor = identify(process.pid)
    if (!supervisor) throw new StartFailure('this system does not tell when a process started; Linux and macOS do')
    const startedAt = new Date().toISOString()
    const run: RunFile = { format: 1, supervisor, phase: 'starting', startedAt, ports: {}, children: [], ...about }
    return new RunRecord(dataDir, claimRun(dataDir, run))
  }

  /** Ends what an earlier run has left. Returns how many processes there were. */
  async endPast(): Promise<number> {
    const { children } = this.#run
    await endProcesses(children)
    this.#write({ children: [] })
    return children.length
  }

  setAddresses(urls: ClusterUrls, ports: Record<string, number>): void {
    this.#write({ urls, ports })
  }

  setPhase(phase: RunFile['phase']): void {
    this.#write({ phase })
  }

  /**
   * Records the processes that `current` tells, within a moment: a start changes them dozens of times, and each write is one to the disk.
   * A child that a crash keeps off the record ends by itself, for its standard input ends.
   */
  processesChanged(current: () => { processes: readonly Process[]; ports: Record<string, number> }): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const { processes, ports } = current()
      const children = processes.flatMap(({ id, pid }) => {
        const identity = pid === undefined ? undefined : identify(pid)
        return identity ? [{ id, ...identity }] : []
      })
      this.#write({ children, ports })
    }, MERGE_MS)
  }

  /** Gives the data directory back. */
  close(): void {
    clearTimeout(this.#timer)
    if (this.#open) removeRunFile(this.#dataDir)
    this.#open = false
  }

  #write(change: Partial<RunFile>): void {
    if (!this.#open) return
    this.#run = { ...this.#run, ...change }
    writeRunFile(this.#dataDir, this.#run)
  }
}
