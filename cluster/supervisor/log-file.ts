// The log file of one child: appended to, and moved aside once when it is full, so that a node never fills the disk.
import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'

const MAX_BYTES = 5 * 1024 * 1024
/** Lines of a child that are kept in memory, to say why it died. */
const TAIL_LINES = 12
const MAX_PENDING_BYTES = 1024 * 1024

export class LogFile {
  readonly #path: string
  #bytes: number | undefined
  #pending = ''
  #writing: Promise<void> | undefined
  #tail: string[] = []

  constructor(path: string) {
    this.#path = path
  }

  /** The newest lines. */
  get tail(): readonly string[] {
    return this.#tail
  }

  /** Writes all that `stream` says. What a child says faster than the disk takes it is dropped beyond 1 MB. */
  follow(stream: Readable): void {
    stream.setEncoding('utf8').on('data', (text: string) => this.write(text))
  }

  write(text: string): void {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    this.#tail = [...this.#tail, ...lines.map((line) => line.slice(0, 500))].slice(-TAIL_LINES)
    if (this.#pending.length < MAX_PENDING_BYTES) this.#pending += text
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
        await appendFile(this.#path, text, { mode: 0o600 })
        this.#bytes = (this.#bytes ?? 0) + Buffer.byteLength(text)
      }
    } catch {
      // A full disk must not stop the cluster; the lines are lost.
    }
  }

  async #rotateIfFull(): Promise<void> {
    if (this.#bytes === undefined) {
      await mkdir(dirname(this.#path), { recursive: true })
      this.#bytes = await stat(this.#path).then(
        ({ size }) => size,
        () => 0,
      )
    }
    if (this.#bytes < MAX_BYTES) return
    await rename(this.#path, `${this.#path}.1`)
    this.#bytes = 0
  }
}
