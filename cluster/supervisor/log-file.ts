// The log file of one process: appended to, and moved aside once when it is full, so that a node never fills the disk.
import { appendFile, rename, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'

const MAX_BYTES = 5 * 1024 * 1024
/** What is kept in memory, to say why a process died. */
const TAIL_LINES = 12
const TAIL_CHARACTERS = 8 * 1024
const MAX_LINE = 500
const MAX_PENDING = 1024 * 1024

export class LogFile {
  readonly path: string
  readonly #maxBytes: number
  #bytes: number | undefined
  #pending = ''
  #writing: Promise<void> | undefined
  #tail = ''

  constructor(path: string, maxBytes = MAX_BYTES) {
    this.path = path
    this.#maxBytes = maxBytes
  }

  /** The newest lines. */
  get tail(): readonly string[] {
    const lines = this.#tail.split('\n').filter((line) => line.trim() !== '')
    return lines.slice(-TAIL_LINES).map((line) => line.slice(0, MAX_LINE))
  }

  /** Writes all that `stream` says. What a process says faster than the disk takes it is dropped beyond 1 MB. */
  follow(stream: Readable): void {
    stream.setEncoding('utf8').on('data', (text: string) => this.write(text))
  }

  write(text: string): void {
    this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS)
    if (this.#pending.length < MAX_PENDING) this.#pending += text
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = undefined
    })
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#writing
  }

  async #flush(): Promise<void> {
    try {
      while (this.#pending !== '') {
        const text = this.#pending
        this.#pending = ''
        await this.#rotateIfFull()
        await appendFile(this.path, text, { mode: 0o600 })
        this.#bytes = (this.#bytes ?? 0) + Buffer.byteLength(text)
      }
    } catch {
      // A full disk must not stop the cluster; the lines are lost.
    }
  }

  async #rotateIfFull(): Promise<void> {
    this.#bytes ??= await stat(this.path).then(
      ({ size }) => size,
      () => 0,
    )
    if (this.#bytes < this.#maxBytes) return
    await rename(this.path, `${this.path}.1`)
    this.#bytes = 0
  }
}
