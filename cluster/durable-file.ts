// Files that outlast a crash, of the machine too: whoever reads one finds all of what was written last, or all of what was before.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file in one step; it is on the disk on return. Throws errors of the file system. */
export function writeDurably(path: string, text: string, mode: number): void {
  const draft = `${path}.new`
  withFile(draft, 'w', mode, (file) => {
    writeSync(file, text)
    fsyncSync(file)
  })
  renameSync(draft, path)
  // The name, too.
  withFile(dirname(path), 'r', mode, fsyncSync)
}

function withFile(path: string, flags: string, mode: number, work: (file: number) => void): void {
  const file = openSync(path, flags, mode)
  try {
    work(file)
  } finally {
    closeSync(file)
  }
}
