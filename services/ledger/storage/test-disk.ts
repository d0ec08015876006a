// A disk for tests that fails when it is told to: the real one with one error put in front.
import { type Disk, type DiskFile, realDisk } from './disk.ts'

export type FailingDisk = Disk & {
  /** From now on this fails with the code; undefined ends that. A write that fails has written half of its bytes. */
  fail(operation: 'write' | 'sync', code: string | undefined): void
}

export function createFailingDisk(): FailingDisk {
  const codes: { write?: string | undefined; sync?: string | undefined } = {}
  const check = (operation: 'write' | 'sync') => {
    const code = codes[operation]
    if (code) throw Object.assign(new Error(`${code}: made to fail, ${operation}`), { code })
  }
  const wrap = (file: DiskFile): DiskFile => ({
    ...file,
    async write(bytes, position) {
      if (codes.write) await file.write(bytes.subarray(0, bytes.length / 2), position)
      check('write')
      await file.write(bytes, position)
    },
    async sync() {
      check('sync')
      await file.sync()
    },
  })
  return {
    ...realDisk,
    open: async (path) => wrap(await realDisk.open(path)),
    fail(operation, code) {
      codes[operation] = code
    },
  }
}
