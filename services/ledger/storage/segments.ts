// An append-only file of frames in segments: 00000001.seg, 00000002.seg, … It knows nothing of what the frames say.
// After a write or a sync that failed it refuses everything: the kernel may have forgotten what it could not write.
import { join } from 'node:path'
import type { Disk, DiskFile } from './disk.ts'
import { encodeFrame, readFrame, scanFrames } from './frame.ts'
import { type StorageFailed, storageDamaged, storageFailed } from './storage-error.ts'

export type Place = { segment: number; offset: number; bytes: number }

export type StoredFrame = { payload: string; place: Place }

export type SegmentsOptions = {
  disk: Disk
  folder: string
  /** Named in messages as what to delete. */
  nodeFolder: string
  /** A segment that has reached this size is followed by a new one. */
  segmentBytes: number
  /** Told of each frame in order. Throws when it cannot be. */
  onFrame: (frame: StoredFrame) => void
  /**
   * Whether everything from the first damage on may be cut off although something intact follows it: true when it can be had again.
   * Called after the frames before it.
   */
  mayCutBack?: () => boolean
  /** Told when a torn tail was cut off. */
  onCutBack: (what: { file: string; offset: number; bytes: number; why: string }) => void
  /** Told how long each sync took. */
  onSync?: (seconds: number) => void
}

const nameOf = (segment: number) => `${String(segment).padStart(8, '0')}.seg`

export class Segments {
  readonly #options: SegmentsOptions
  /** Sizes by number of the segment. */
  readonly #sizes = new Map<number, number>()
  readonly #readers = new Map<number, DiskFile>()
  #current: { segment: number; file: DiskFile } | undefined
  #failure: StorageFailed | undefined

  private constructor(options: SegmentsOptions) {
    this.#options = options
  }

  /** Throws `StorageDamaged` when what is there is damaged otherwise than by a write that was cut off, `StorageFailed` when it can't be read. */
  static async open(options: SegmentsOptions): Promise<Segments> {
    const segments = new Segments(options)
    const { disk, folder } = options
    const numbers = await segments.#attempt(`read ${folder}`, async () => {
      await disk.makeFolder(folder)
      return (await disk.list(folder))
        .filter((name) => /^\d{8}\.seg$/.test(name))
        .map((name) => Number.parseInt(name, 10))
    })
    for (const [index, segment] of numbers.entries()) {
      if (index > 0 && segment !== (numbers[index - 1] ?? 0) + 1) {
        throw storageDamaged(segments.#path(segment - 1), 0, 'this segment is missing', options.nodeFolder)
      }
      await segments.#load(segment, index === numbers.length - 1)
    }
    await segments.#openForWriting(numbers.at(-1) ?? 1)
    return segments
  }

  get bytes(): number {
    let sum = 0
    for (const size of this.#sizes.values()) sum += size
    return sum
  }

  /** Of the segment that is written. */
  get newest(): number {
    return this.#current?.segment ?? 1
  }

  get failure(): StorageFailed | undefined {
    return this.#failure
  }

  /** Writes a frame at the end. Not durable before `sync`. One call at a time. */
  async append(payload: string): Promise<Place> {
    const frame = encodeFrame(payload)
    const { segmentBytes } = this.#options
    if ((this.#sizes.get(this.newest) ?? 0) >= segmentBytes) await this.rotate()
    const segment = this.newest
    const offset = this.#sizes.get(segment) ?? 0
    await this.#attempt(`write ${this.#path(segment)}`, async () => this.#current?.file.write(frame, offset))
    this.#sizes.set(segment, offset + frame.length)
    return { segment, offset, bytes: frame.length }
  }

  /** Resolves when everything appended is on the disk. */
  async sync(): Promise<void> {
    const startMs = performance.now()
    await this.#attempt(`sync ${this.#path(this.newest)}`, async () => this.#current?.file.sync())
    this.#options.onSync?.((performance.now() - startMs) / 1_000)
  }

  /** Begins a new segment; the one before is synced. */
  async rotate(): Promise<void> {
    await this.sync()
    await this.#current?.file.close()
    await this.#openForWriting(this.newest + 1)
  }

  /** Removes segments older than `segment`. */
  async removeBefore(segment: number): Promise<void> {
    const { disk, folder } = this.#options
    await this.#attempt(`remove old segments of ${folder}`, async () => {
      for (const old of [...this.#sizes.keys()].filter((number) => number < segment && number < this.newest).sort()) {
        await this.#readers.get(old)?.close()
        this.#readers.delete(old)
        await disk.remove(this.#path(old))
        this.#sizes.delete(old)
      }
      await disk.syncFolder(folder)
    })
  }

  /** The payload at a place, as it is on the disk now. Rejects with `StorageDamaged` when it was changed. */
  async read({ segment, offset, bytes }: Place): Promise<string> {
    const reader = this.#readers.get(segment) ?? (await this.#options.disk.open(this.#path(segment)))
    this.#readers.set(segment, reader)
    const frame = readFrame(await reader.read(bytes, offset), 0)
    if (typeof frame !== 'string') return frame.payload
    throw storageDamaged(this.#path(segment), offset, frame, this.#options.nodeFolder)
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await reader.close()
    this.#readers.clear()
    await this.#current?.file.close()
    this.#current = undefined
  }

  #path(segment: number): string {
    return join(this.#options.folder, nameOf(segment))
  }

  async #load(segment: number, isLast: boolean): Promise<void> {
    const { disk, onFrame, onCutBack, nodeFolder, mayCutBack } = this.#options
    const file = this.#path(segment)
    const content = await this.#attempt(`read ${file}`, () => disk.read(file))
    const { frames, damage } = scanFrames(content)
    for (const { payload, offset, bytes } of frames) onFrame({ payload, place: { segment, offset, bytes } })
    this.#sizes.set(segment, damage?.offset ?? content.length)
    if (!damage) return
    if (!isLast || (damage.kind === 'corrupt' && !mayCutBack?.())) {
      throw storageDamaged(file, damage.offset, damage.why, nodeFolder)
    }
    await this.#attempt(`cut back ${file}`, async () => {
      const handle = await disk.open(file)
      await handle.truncate(damage.offset)
      await handle.sync()
      await handle.close()
    })
    onCutBack({ file, offset: damage.offset, bytes: content.length - damage.offset, why: damage.why })
  }

  async #openForWriting(segment: number): Promise<void> {
    const { disk, folder } = this.#options
    await this.#attempt(`open ${this.#path(segment)}`, async () => {
      this.#current = { segment, file: await disk.open(this.#path(segment)) }
      await disk.syncFolder(folder)
    })
    if (!this.#sizes.has(segment)) this.#sizes.set(segment, 0)
  }

  async #attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (this.#failure) throw this.#failure
    try {
      return await work()
    } catch (error) {
      this.#failure = storageFailed(doing, error)
      throw this.#failure
    }
  }
}
