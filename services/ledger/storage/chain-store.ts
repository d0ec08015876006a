// The blocks on disk, in their order, for ever. A block is written when it was applied and synced at the next snapshot: until then it
// can be made again from the log, so that nobody waits for this file.
import { join } from 'node:path'
import { type Block, decodeBlock, encodeBlock, GENESIS, type Tip, tipOf } from '../chain/block.ts'
import { findFault } from '../chain/verify.ts'
import type { Disk } from './disk.ts'
import { Places } from './places.ts'
import { type Place, Segments, type SegmentsOptions } from './segments.ts'
import { recovery, StorageDamaged } from './storage-error.ts'

const SEGMENT_BYTES = 8 * 1024 * 1024

export type ChainStoreOptions = Pick<SegmentsOptions, 'nodeFolder' | 'onCutBack'> & {
  disk: Disk
  /** The newest block that was synced for certain; what is damaged behind it is cut off, and made again from the log. */
  synced: Tip
  /** Told of each block from the first one. */
  onBlock: (block: Block) => void
}

export class ChainStore {
  #segments!: Segments
  #tip: Tip = GENESIS
  /** Of the blocks by height less one. */
  readonly #places = new Places()
  readonly #nodeFolder: string
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(nodeFolder: string) {
    this.#nodeFolder = nodeFolder
  }

  /** Rejects with `StorageDamaged`, which names the first block that is not what it was, or `StorageFailed`. */
  static async open({ synced, onBlock, ...options }: ChainStoreOptions): Promise<ChainStore> {
    const store = new ChainStore(options.nodeFolder)
    store.#segments = await Segments.open({
      ...options,
      folder: join(options.nodeFolder, 'chain'),
      segmentBytes: SEGMENT_BYTES,
      mayCutBack: () => store.#tip.height >= synced.height,
      onFrame: ({ payload, place }) => onBlock(store.#take(payload, place, synced)),
    })
    if (store.#tip.height < synced.height) {
      throw new StorageDamaged(
        `${join(options.nodeFolder, 'chain')} ends with block ${store.#tip.height}, but block ${synced.height} had been stored. ${recovery(options.nodeFolder)}`,
      )
    }
    return store
  }

  get tip(): Tip {
    return this.#tip
  }

  get bytes(): number {
    return this.#segments.bytes
  }

  /** Writes the block behind the tip; it must follow it. Blocks are written in the order of the calls. */
  append(block: Block): Promise<void> {
    this.#tip = tipOf(block)
    return this.#inTurn(async () => {
      this.#places.push(await this.#segments.append(encodeBlock(block)))
    })
  }

  /** Resolves when all blocks appended are durable. */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#segments.sync())
  }

  /** Reads a block from the disk, whatever was known of it. Rejects with `StorageDamaged` when it was changed; undefined beyond the last. */
  async read(height: number): Promise<Block | undefined> {
    await this.#turn.catch(() => undefined)
    const place = this.#places.at(height - 1)
    if (!place) return undefined
    const block = decodeBlock(await this.#segments.read(place))
    if (block) return block
    throw new StorageDamaged(`block ${height} is not a block any more. ${recovery(this.#nodeFolder)}`)
  }

  async close(): Promise<void> {
    await this.sync().catch(() => undefined)
    await this.#segments.close()
  }

  #take(payload: string, place: Place, synced: Tip): Block {
    const block = decodeBlock(payload)
    const fault = block ? findFault(block, this.#tip) : 'it is not a block'
    if (!block || fault !== undefined) throw this.#tampered(place, fault)
    if (block.header.height === synced.height && block.hash !== synced.hash) {
      throw this.#tampered(place, 'it was another block once')
    }
    this.#tip = tipOf(block)
    this.#places.push(place)
    return block
  }

  #tampered({ segment, offset }: Place, fault: string | undefined): StorageDamaged {
    return new StorageDamaged(
      `block ${this.#places.length + 1} in segment ${segment} of ${join(this.#nodeFolder, 'chain')}, at byte ${offset}, was tampered with: ${fault}. ${recovery(this.#nodeFolder)}`,
    )
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
