/**
 * Reads a tar stream piece by piece and hands out its entries. Knows the plain ustar of PostgreSQL's base backups only;
 * refuses names that lead out of the folder.
 */

const BLOCK = 512

/** Where the entries go. `path` is relative and checked; `close` ends each file. */
export interface TarSink {
  folder(path: string): void
  open(path: string): void
  write(chunk: Buffer): void
  close(): void
}

/** Feed it the stream in pieces of any size; it keeps at most one header block of them. */
export class TarReader {
  readonly #sink: TarSink
  #header: Buffer = Buffer.alloc(0)
  #contentLeft = 0
  #paddingLeft = 0

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  /** @throws Error on anything that a base backup does not contain. */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#contentLeft > 0) at += this.#takeContent(chunk.subarray(at))
      else if (this.#paddingLeft > 0) at += this.#skipPadding(chunk.length - at)
      else at += this.#takeHeader(chunk.subarray(at))
    }
  }

  /** Whether the stream may end here: between two entries. */
  get isBetweenEntries(): boolean {
    return this.#contentLeft === 0 && this.#paddingLeft === 0 && this.#header.length === 0
  }

  #takeContent(chunk: Buffer): number {
    const content = chunk.subarray(0, this.#contentLeft)
    this.#sink.write(content)
    this.#contentLeft -= content.length
    if (this.#contentLeft === 0) this.#sink.close()
    return content.length
  }

  #skipPadding(available: number): number {
    const skipped = Math.min(available, this.#paddingLeft)
    this.#paddingLeft -= skipped
    return skipped
  }

  #takeHeader(chunk: Buffer): number {
    const part = chunk.subarray(0, BLOCK - this.#header.length)
    this.#header = this.#header.length === 0 ? part : Buffer.concat([this.#header, part])
    if (this.#header.length === BLOCK) {
      const header = this.#header
      this.#header = Buffer.alloc(0)
      // The archive ends with two blocks of zeros.
      if (header[0] !== 0) this.#begin(parseHeader(header))
    } else if (part.length === chunk.length) {
      // The caller's buffer is reused after this call.
      this.#header = Buffer.from(this.#header)
    }
    return part.length
  }

  #begin({ path, size, type }: TarHeader): void {
    if (type === '5') {
      this.#sink.folder(path)
      return
    }
    if (type !== '0') throw new Error(`Unexpected tar entry of type ${type}: ${path}`)
    this.#sink.open(path)
    this.#contentLeft = size
    this.#paddingLeft = (BLOCK - (size % BLOCK)) % BLOCK
    if (size === 0) this.#sink.close()
  }
}

interface TarHeader {
  path: string
  size: number
  type: string
}

function parseHeader(block: Buffer): TarHeader {
  const text = (start: number, length: number) =>
    block.toString('latin1', start, start + length).split('\0', 1)[0] ?? ''
  const octal = text(124, 12).trim()
  const name = [text(345, 155), text(0, 100)].filter((part) => part !== '').join('/')
  const path = name.replace(/^\.\//, '').replace(/\/$/, '')
  if (!/^[0-7]+$/.test(octal)) throw new Error(`Unexpected tar size "${octal}" of ${path}`)
  if (path.startsWith('/') || path.split('/').includes('..')) throw new Error(`Unsafe path in tar: ${path}`)
  return { path, size: Number.parseInt(octal, 8), type: text(156, 1) || '0' }
}
