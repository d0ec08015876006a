/**
 * Copies a running primary into new data directories over PostgreSQL's replication protocol; the npm package brings no
 * pg_basebackup. Several replicas are filled from one stream, which halves the primary's work.
 * https://www.postgresql.org/docs/18/protocol-replication.html (BASE_BACKUP)
 */
import { chownSync, closeSync, fchownSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { makeServerFolder } from './data-directory.ts'
import type { ServerUser } from './server-user.ts'
import { TarReader, type TarSink } from './tar-reader.ts'

/** How to reach the primary with the replication role. */
export interface BackupSource {
  port: number
  user: string
  password: string
}

const COMMAND = "BASE_BACKUP (LABEL 'faultline', CHECKPOINT 'fast', WAL true, MANIFEST 'no')"

/**
 * Writes one backup into each of `folders`, which are made anew and owned by `user`; they hold all WAL that they need.
 * On failure nothing of them is left.
 * @throws Error of the connection, of the file system, or of the server.
 */
export async function copyPrimary(source: BackupSource, folders: string[], user: ServerUser): Promise<void> {
  const config = {
    ...{ host: '127.0.0.1', ...source, database: 'postgres', ssl: false, connectionTimeoutMillis: 5_000 },
    replication: 'true',
  }
  const client = new pg.Client(config)
  // An error also fails the query; without a listener it would end this process.
  client.on('error', () => undefined)
  const sink = new FolderSink(folders, user)
  try {
    await client.connect()
    for (const folder of folders) makeServerFolder(folder, user)
    await new Promise<void>((resolve, reject) => client.query(new BackupQuery(sink, resolve, reject)))
  } catch (error) {
    sink.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A query for pg's queue: pg's own drops the data that a server copies out. */
class BackupQuery implements pg.Submittable {
  readonly #tar: TarReader
  readonly #resolve: () => void
  readonly #reject: (error: Error) => void
  #error: Error | undefined

  constructor(sink: TarSink, resolve: () => void, reject: (error: Error) => void) {
    this.#tar = new TarReader(sink)
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: pg.Connection): void {
    connection.query(COMMAND)
  }

  /** Each message starts with its kind: n(ew archive), d(ata), p(rogress), m(anifest). */
  handleCopyData({ chunk }: { chunk: Buffer }, connection: pg.Connection): void {
    if (this.#error || chunk[0] !== 0x64) return
    try {
      this.#tar.push(chunk.subarray(1))
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error))
      // The rest of the stream has no use; there is no polite way to decline it.
      connection.stream.destroy(this.#error)
      this.#reject(this.#error)
    }
  }

  handleReadyForQuery(): void {
    if (this.#tar.isBetweenEntries) this.#resolve()
    else this.#reject(new Error('The base backup ended in the middle of a file.'))
  }

  handleError(error: Error): void {
    this.#reject(this.#error ?? error)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/**
 * Writes the same files into several folders. Synchronous on purpose: the data arrives no faster than it is written, so
 * memory stays bounded without a queue, and each piece takes well below a millisecond.
 */
class FolderSink implements TarSink {
  readonly #folders: string[]
  readonly #user: ServerUser
  #files: number[] = []

  constructor(folders: string[], user: ServerUser) {
    this.#folders = folders
    this.#user = user
  }

  folder(path: string): void {
    for (const folder of this.#folders) {
      const full = join(folder, path)
      mkdirSync(full, { recursive: true, mode: 0o700 })
      if (this.#user.kind === 'switch') chownSync(full, this.#user.uid, this.#user.gid)
    }
  }

  open(path: string): void {
    this.#files = this.#folders.map((folder) => openSync(join(folder, path), 'w', 0o600))
    if (this.#user.kind !== 'switch') return
    for (const file of this.#files) fchownSync(file, this.#user.uid, this.#user.gid)
  }

  write(chunk: Buffer): void {
    for (const file of this.#files) writeFully(file, chunk)
  }

  close(): void {
    for (const file of this.#files) closeSync(file)
    this.#files = []
  }
}

function writeFully(file: number, chunk: Buffer): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written)
}
