// The state machine: the chain of committed blocks, and where each charge stands in it. Entries come in the log's order, each once.
// It keeps where each charge stands in memory, some fifty bytes each outside of the heap, and the newest blocks; all others are on the disk.
import { LRUCache } from 'lru-cache'
import { type Block, type Tip, tipOf } from '../chain/block.ts'
import { findFault } from '../chain/verify.ts'
import type { ChainStore } from '../storage/chain-store.ts'
import { type ChargePlace, ChargePlaces } from './charge-places.ts'

const BLOCKS_IN_MEMORY = 64

/** A block was committed that does not follow the chain: a mistake in this program, and no reason to write it. */
export class ChainBroken extends Error {
  override readonly name = 'ChainBroken'
}

export class LedgerState {
  #chain: ChainStore | undefined
  readonly #places = new ChargePlaces()
  readonly #recent = new LRUCache<number, Block>({ max: BLOCKS_IN_MEMORY })
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure told when a block could not be written */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** Takes in a block that is on the disk already. */
  restore = (block: Block): void => this.#index(block)

  /** From here on applied blocks are written. */
  attach(chain: ChainStore): void {
    this.#chain = chain
  }

  get tip(): Tip {
    return this.#attached.tip
  }

  get charges(): number {
    return this.#places.size
  }

  get bytes(): number {
    return this.#attached.bytes
  }

  /** Applies the next committed block; one that the chain holds already changes nothing. Throws `ChainBroken` when it does not follow. */
  apply(block: Block): void {
    const { height, hash } = this.tip
    if (block.header.height < height || block.hash === hash) return
    const fault = findFault(block, this.tip)
    if (fault !== undefined) throw new ChainBroken(`block ${block.header.height} was committed, but ${fault}`)
    this.#attached.append(block).catch(this.#onFailure)
    this.#index(block)
  }

  find(chargeId: string): ChargePlace | undefined {
    return this.#places.find(chargeId)
  }

  /** A committed block, from memory if it is there. Rejects with `StorageDamaged`; undefined beyond the tip. */
  async block(height: number): Promise<Block | undefined> {
    return this.#recent.get(height) ?? (await this.blockOnDisk(height))
  }

  /** The same, always from the disk. */
  blockOnDisk(height: number): Promise<Block | undefined> {
    return this.#attached.read(height)
  }

  /** Resolves when all applied blocks are durable. */
  sync(): Promise<void> {
    return this.#attached.sync()
  }

  /** Reads the whole chain from the disk and checks it; says which block is the first that is not what it was. */
  async verify(): Promise<{ blocks: number; charges: number; fault: { height: number; what: string } | null }> {
    let tip: Tip = { height: 0, index: 0, hash: '0'.repeat(64) }
    let charges = 0
    const { height: last } = this.tip
    for (let height = 1; height <= last; height++) {
      const block = await this.blockOnDisk(height).catch((error: Error) => error.message)
      const what = typeof block === 'object' ? findFault(block, tip) : (block ?? 'it is missing')
      if (typeof block !== 'object' || what !== undefined) {
        return { blocks: height - 1, charges, fault: { height, what: what ?? 'it is missing' } }
      }
      charges += block.charges.length
      tip = tipOf(block)
    }
    return { blocks: last, charges, fault: null }
  }

  get #attached(): ChainStore {
    if (!this.#chain) throw new Error('the ledger has no chain yet')
    return this.#chain
  }

  /** The first charge of an id counts: the leader appends no second one, and if one came all the same, it would change nothing. */
  #index(block: Block): void {
    const { height } = block.header
    this.#recent.set(height, block)
    for (const [leafIndex, { chargeId }] of block.charges.entries()) this.#places.add(chargeId, { height, leafIndex })
  }
}
