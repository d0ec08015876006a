// What a leader knows of one follower's log, and how much it sends ahead of the answers.

export type Progress = {
  /**
   * `probe`: where the logs agree is not known, one message at a time finds out. `replicate`: known, entries are sent ahead of the
   * answers. `snapshot`: what it lacks was compacted away, it is fetching a snapshot.
   */
  state: 'probe' | 'replicate' | 'snapshot'
  /** The next entry to send (figure 2). */
  nextIndex: number
  /** Durably stored there (figure 2). */
  matchIndex: number
  /** The last index of each AppendEntries with entries that is on its way, oldest first. */
  inflight: number[]
  /** A probe is on its way. */
  probing: boolean
  /** The leader's commit index, as last sent. */
  sentCommit: number
  /** The next flush sends something in any case. */
  heartbeatDue: boolean
  /** The last round of the leader that it answered. */
  ackedRound: number
  /** It answered since the quorum was last counted. */
  active: boolean
  /** Ticks since the snapshot was offered. */
  snapshotElapsed: number
}

export function createProgress(nextIndex: number): Progress {
  return {
    state: 'probe',
    nextIndex,
    matchIndex: 0,
    inflight: [],
    probing: false,
    sentCommit: 0,
    heartbeatDue: true,
    ackedRound: 0,
    active: false,
    snapshotElapsed: 0,
  }
}

/** Its log agrees with the leader's, and is stored, up to `index`. */
export function acknowledge(progress: Progress, index: number): void {
  progress.matchIndex = Math.max(progress.matchIndex, index)
  const acknowledged = progress.inflight.findIndex((last) => last > progress.matchIndex)
  progress.inflight.splice(0, acknowledged < 0 ? progress.inflight.length : acknowledged)
  if (progress.state === 'replicate') {
    progress.nextIndex = Math.max(progress.nextIndex, progress.matchIndex + 1)
  } else if (progress.state === 'probe' || progress.matchIndex >= progress.nextIndex - 1) {
    progress.state = 'replicate'
    progress.nextIndex = progress.matchIndex + 1
    progress.probing = false
  }
}

/** Something was lost or the logs differ: one message at a time, from `nextIndex`. */
export function backToProbe(progress: Progress, nextIndex: number): void {
  progress.state = 'probe'
  progress.nextIndex = nextIndex
  progress.inflight = []
  progress.probing = false
}

/** Waits until the snapshot is there. */
export function awaitSnapshot(progress: Progress, lastIncludedIndex: number): void {
  progress.state = 'snapshot'
  progress.nextIndex = lastIncludedIndex + 1
  progress.inflight = []
  progress.snapshotElapsed = 0
}
