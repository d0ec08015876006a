// The samples of series that are not sealed yet: a slot of 120 samples each, in blocks of typed arrays, reused when a series ends.
import { CHUNK_SAMPLES } from './chunk-encoder.ts'

const BLOCK_BITS = 6
const BLOCK_SLOTS = 2 ** BLOCK_BITS
export const OPEN_SLOT_BYTES = CHUNK_SAMPLES * 12
const BLOCK_BYTES = BLOCK_SLOTS * OPEN_SLOT_BYTES

export interface OpenBlock {
  /** Milliseconds after the slot's first sample. */
  readonly offsets: Uint32Array
  readonly values: Float64Array
}

export class OpenChunks {
  private readonly blocks: OpenBlock[] = []
  private readonly free: number[] = []

  get bytes(): number {
    return this.blocks.length * BLOCK_BYTES
  }

  /** Bytes that the next slot costs: none while one is free. */
  get growthBytes(): number {
    return this.free.length > 0 ? 0 : BLOCK_BYTES
  }

  take(): number {
    if (this.free.length === 0) this.addBlock()
    // `addBlock` has filled the list.
    return this.free.pop()!
  }

  release(slot: number): void {
    this.free.push(slot)
  }

  /** The arrays that hold a slot, whose samples begin at `start(slot)`. */
  block(slot: number): OpenBlock {
    return this.blocks[slot >>> BLOCK_BITS]!
  }

  start(slot: number): number {
    return (slot & (BLOCK_SLOTS - 1)) * CHUNK_SAMPLES
  }

  private addBlock(): void {
    const first = this.blocks.length * BLOCK_SLOTS
    this.blocks.push({
      offsets: new Uint32Array(BLOCK_SLOTS * CHUNK_SAMPLES),
      values: new Float64Array(BLOCK_SLOTS * CHUNK_SAMPLES),
    })
    for (let slot = first + BLOCK_SLOTS - 1; slot >= first; slot--) this.free.push(slot)
  }
}
