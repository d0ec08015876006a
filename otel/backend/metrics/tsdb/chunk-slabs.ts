// Sealed chunks in slabs of up to a megabyte, filled in order and dropped in order: 32 bytes of header from the front, payloads from
// the back. Each chunk refers to the one before it of its series; a reference into a dropped slab is the end of the series.

import type { PackedChunk } from './chunk-decoder.ts'
import type { ChunkEncoder } from './chunk-encoder.ts'
import { COUNT_MASK } from './chunk-encoder.ts'

const MAX_SLAB_BYTES = 1024 * 1024
const MIN_SLAB_BYTES = 16 * 1024
/** No chunk. */
export const NO_CHUNK = 0xffffffff

const HEADER_BYTES = 32
/** A reference is the slab's number (it wraps: far more than can be alive) and the index of the chunk in it. */
const INDEX_BITS = 15
const INDEX_MASK = 2 ** INDEX_BITS - 1
const SLAB_MASK = 2 ** (32 - INDEX_BITS) - 1

// Header: minTimeMs (8), firstValue (8), reference of the chunk before (4), maxTimeMs - minTimeMs (4), payload's offset (4), flags (4).
const WORD_PREVIOUS = 4
const WORD_SPAN = 5
const WORD_OFFSET = 6
const WORD_FLAGS = 7

class Slab {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  readonly doubles: Float64Array
  chunks = 0
  tail: number
  maxTimeMs = Number.NEGATIVE_INFINITY

  constructor(bytes: number) {
    this.bytes = new Uint8Array(bytes)
    this.words = new Uint32Array(this.bytes.buffer)
    this.doubles = new Float64Array(this.bytes.buffer)
    this.tail = bytes
  }

  clear(): void {
    this.chunks = 0
    this.tail = this.bytes.length
    this.maxTimeMs = Number.NEGATIVE_INFINITY
  }
}

export interface ChunkView extends PackedChunk {
  previous: number
}

export class ChunkSlabs {
  readonly slabBytes: number
  private slabs: Slab[] = []
  /** Number of `slabs[0]`. */
  private oldest = 0
  private spare: Slab | undefined
  private samplesHeld = 0

  /** A slab is a sixty-fourth of the budget, so that dropping one drops little. */
  constructor(budgetBytes: number) {
    const share = 2 ** Math.floor(Math.log2(budgetBytes / 64))
    this.slabBytes = Math.min(MAX_SLAB_BYTES, Math.max(MIN_SLAB_BYTES, share))
  }

  get bytes(): number {
    return (this.slabs.length + (this.spare ? 1 : 0)) * this.slabBytes
  }

  get count(): number {
    return this.slabs.length
  }

  get chunks(): number {
    return this.slabs.reduce((sum, slab) => sum + slab.chunks, 0)
  }

  /** Samples in sealed chunks. */
  get samples(): number {
    return this.samplesHeld
  }

  /** Whether a chunk of that payload fits without a further slab. */
  hasRoom(payloadBytes: number): boolean {
    const slab = this.slabs.at(-1)
    // The last index stays unused, so that no reference is NO_CHUNK.
    return (
      slab !== undefined && slab.chunks < INDEX_MASK && slab.tail - payloadBytes >= (slab.chunks + 1) * HEADER_BYTES
    )
  }

  /** Stores the chunk that was encoded last and returns its reference. */
  add(
    encoded: ChunkEncoder,
    flags: number,
    minTimeMs: number,
    spanMs: number,
    first: number,
    previous: number,
  ): number {
    if (!this.hasRoom(encoded.length)) this.addSlab()
    // `addSlab` has seen to it.
    const slab = this.slabs.at(-1)!
    const index = slab.chunks++
    slab.tail -= encoded.length
    slab.bytes.set(encoded.bytes.subarray(0, encoded.length), slab.tail)
    slab.doubles[index * 4] = minTimeMs
    slab.doubles[index * 4 + 1] = first
    slab.words[index * 8 + WORD_PREVIOUS] = previous
    slab.words[index * 8 + WORD_SPAN] = spanMs
    slab.words[index * 8 + WORD_OFFSET] = slab.tail
    slab.words[index * 8 + WORD_FLAGS] = flags
    if (minTimeMs + spanMs > slab.maxTimeMs) slab.maxTimeMs = minTimeMs + spanMs
    this.samplesHeld += flags & COUNT_MASK
    const number = (this.oldest + this.slabs.length - 1) & SLAB_MASK
    return ((number << INDEX_BITS) | index) >>> 0
  }

  isAlive(ref: number): boolean {
    return ref !== NO_CHUNK && this.slabOf(ref) !== undefined
  }

  /** Reads a chunk's header into `view`; false when the chunk is gone. */
  view(ref: number, view: ChunkView): boolean {
    if (ref === NO_CHUNK) return false
    const slab = this.slabOf(ref)
    if (!slab) return false
    const index = ref & INDEX_MASK
    view.bytes = slab.bytes
    view.minTimeMs = slab.doubles[index * 4]!
    view.firstValue = slab.doubles[index * 4 + 1]!
    view.previous = slab.words[index * 8 + WORD_PREVIOUS]!
    view.maxTimeMs = view.minTimeMs + slab.words[index * 8 + WORD_SPAN]!
    view.offset = slab.words[index * 8 + WORD_OFFSET]!
    view.flags = slab.words[index * 8 + WORD_FLAGS]!
    return true
  }

  /** Latest time in the oldest slab, or infinity when there is none to drop. */
  get oldestSlabMaxTimeMs(): number {
    return this.slabs[0]?.maxTimeMs ?? Number.POSITIVE_INFINITY
  }

  dropOldest(): void {
    const slab = this.slabs.shift()
    if (!slab) return
    this.oldest = (this.oldest + 1) & SLAB_MASK
    for (let i = 0; i < slab.chunks; i++) this.samplesHeld -= slab.words[i * 8 + WORD_FLAGS]! & COUNT_MASK
    slab.clear()
    this.spare = slab
  }

  private addSlab(): void {
    this.slabs.push(this.spare ?? new Slab(this.slabBytes))
    this.spare = undefined
  }

  private slabOf(ref: number): Slab | undefined {
    return this.slabs[((ref >>> INDEX_BITS) - this.oldest) & SLAB_MASK]
  }
}

export function emptyView(): ChunkView {
  return {
    bytes: new Uint8Array(0),
    offset: 0,
    flags: 0,
    minTimeMs: 0,
    maxTimeMs: 0,
    firstValue: 0,
    previous: NO_CHUNK,
  }
}
