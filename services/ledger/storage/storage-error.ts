// Why the ledger's storage refuses to go on. Messages are for people: which file, where, and what to do.

/** What was on the disk cannot be trusted; the node must not start with it. */
export class StorageDamaged extends Error {
  override readonly name = 'StorageDamaged'
}

/** A write or a sync failed: what is on the disk is unknown, so nothing may be acknowledged until the node has started anew. */
export class StorageFailed extends Error {
  override readonly name = 'StorageFailed'
}

const remedies: Record<string, string> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the quota is used up: make room',
  EROFS: 'the file system is read-only: mount it for writing',
  EACCES: 'this user may not write there: change its owner or its mode',
  EIO: 'the disk is failing: replace it',
}

/** @param doing for instance `write /data/ledger/ledger-eu/log/00000003.seg` */
export function storageFailed(doing: string, cause: unknown): StorageFailed {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why = cause instanceof Error ? cause.message : String(cause)
  const remedy = remedies[code] ?? 'mend the cause'
  return new StorageFailed(
    `the ledger could not ${doing} (${why}); it acknowledges nothing more until it was started anew. What to do: ${remedy}; the node starts again by itself.`,
    { cause },
  )
}

/** @param folder of the whole node's ledger */
export function storageDamaged(file: string, offset: number, why: string, folder: string): StorageDamaged {
  return new StorageDamaged(
    `${file} is damaged at byte ${offset}: ${why}. This is no write that was cut off by a crash, so this node refuses to start with it. ${recovery(folder)}`,
  )
}

export function recovery(folder: string): string {
  return `What to do: delete the folder ${folder} (or move it away, to look into it) and start the node again; it comes back as a new member and catches up from the others by snapshot. If it is the only ledger node, restore the folder from a copy instead.`
}
