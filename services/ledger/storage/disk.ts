// The few things that the ledger asks of a file system, so that a test can make any of them fail.
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** An open file that is only ever written at its end. */
export type DiskFile = {
  /** Writes all of it at `position`, or rejects. */
  write(bytes: Buffer, position: number): Promise<void>
  read(bytes: number, position: number): Promise<Buffer>
  /** Resolves when everything written is on the disk. */
  sync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

export type Disk = {
  makeFolder(path: string): Promise<void>
  /** Names of the files in a folder, sorted. */
  list(path: string): Promise<string[]>
  read(path: string): Promise<Buffer>
  /** Undefined when there is no such file. */
  readIfThere(path: string): Promise<Buffer | undefined>
  open(path: string): Promise<DiskFile>
  remove(path: string): Promise<void>
  /** Replaces a small file as a whole: afterwards the old or the new one is there, whatever happens. */
  replace(path: string, text: string): Promise<void>
  /** Makes the names in a folder durable: a new file, one that is gone. */
  syncFolder(path: string): Promise<void>
}

export const realDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true })
  },
  list: async (path) => (await readdir(path)).sort(),
  read: (path) => readFile(path),
  readIfThere: (path) =>
    readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    }),
  async open(path) {
    const handle = await open(path, 'a+').then(async (created) => {
      await created.close()
      // Not for appending: Linux would ignore the positions of writes then.
      return open(path, 'r+')
    })
    return fileOf(handle)
  },
  remove: unlink,
  async replace(path, text) {
    const draft = `${path}.new`
    const handle = await open(draft, 'w')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, path)
    await realDisk.syncFolder(dirname(path))
  },
  async syncFolder(path) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

function fileOf(handle: FileHandle): DiskFile {
  return {
    async write(bytes, position) {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
        written += bytesWritten
      }
    },
    async read(bytes, position) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, position)
      return buffer.subarray(0, bytesRead)
    },
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  }
}
