// Where each charge stands in the chain, by its id: a hash table in typed arrays, so that charges cost no JavaScript heap.
// It only grows; open addressing with linear probing, in shards that grow each for itself, so that no growth takes long.

export type ChargePlace = { height: number; leafIndex: number }

const SHARDS = 256
const FIRST_SLOTS = 16
/** At three quarters probing is still short. */
const MAX_FILLED = 0.75
/** Four of the id, one of the height. */
const WORDS = 5
const BYTES_A_SLOT = WORDS * Uint32Array.BYTES_PER_ELEMENT + Uint8Array.BYTES_PER_ELEMENT

/** Slots are free while their height is 0: the first block has height 1. */
type Shard = { words: Uint32Array; leaves: Uint8Array; filled: number }

const newShard = (slots: number): Shard => ({
  words: new Uint32Array(slots * WORDS),
  leaves: new Uint8Array(slots),
  filled: 0,
})

export class ChargePlaces {
  readonly #shards = Array.from({ length: SHARDS }, () => newShard(FIRST_SLOTS))
  /** The id that is looked for, as words: a call never waits, so that one is enough. */
  readonly #id = new Uint32Array(4)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Of memory outside of the heap: 28 to 56 a charge, once there are some thousand. */
  get bytes(): number {
    return this.#shards.reduce((sum, { leaves }) => sum + leaves.length * BYTES_A_SLOT, 0)
  }

  /** @param chargeId a UUID. The first place of an id counts: a later one changes nothing. */
  add(chargeId: string, { height, leafIndex }: ChargePlace): void {
    const hash = this.#read(chargeId)
    let shard = this.#shardOf(hash)
    if (shard.filled >= shard.leaves.length * MAX_FILLED) shard = this.#grow(hash)
    const slot = findSlot(shard, this.#id, hash)
    if (heightAt(shard, slot) !== 0) return
    put(shard, slot, this.#id, height, leafIndex)
    this.#size++
  }

  find(chargeId: string): ChargePlace | undefined {
    const hash = this.#read(chargeId)
    const shard = this.#shardOf(hash)
    const slot = findSlot(shard, this.#id, hash)
    const height = heightAt(shard, slot)
    return height === 0 ? undefined : { height, leafIndex: shard.leaves[slot] ?? 0 }
  }

  /** Returns the hash of the id, which it leaves in `#id`. */
  #read(chargeId: string): number {
    const digits = chargeId.replaceAll('-', '')
    for (let word = 0; word < 4; word++) this.#id[word] = Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16)
    return hashOf(this.#id)
  }

  #shardOf(hash: number): Shard {
    // `SHARDS` of them are there.
    return this.#shards[hash % SHARDS] as Shard
  }

  #grow(hash: number): Shard {
    const old = this.#shardOf(hash)
    const grown = newShard(old.leaves.length * 2)
    for (let slot = 0; slot < old.leaves.length; slot++) {
      const height = heightAt(old, slot)
      if (height === 0) continue
      const id = old.words.subarray(slot * WORDS, slot * WORDS + 4)
      put(grown, findSlot(grown, id, hashOf(id)), id, height, old.leaves[slot] ?? 0)
    }
    this.#shards[hash % SHARDS] = grown
    return grown
  }
}

function heightAt({ words }: Shard, slot: number): number {
  return words[slot * WORDS + 4] ?? 0
}

function put(shard: Shard, slot: number, id: Uint32Array, height: number, leafIndex: number): void {
  shard.words.set(id, slot * WORDS)
  shard.words[slot * WORDS + 4] = height
  shard.leaves[slot] = leafIndex
  shard.filled++
}

/** The slot of the id, or the free one where it belongs. There is always a free one. */
function findSlot({ words, leaves }: Shard, id: Uint32Array, hash: number): number {
  const mask = leaves.length - 1
  for (let slot = (hash / SHARDS) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS
    if (words[at + 4] === 0) return slot
    if (words[at] === id[0] && words[at + 1] === id[1] && words[at + 2] === id[2] && words[at + 3] === id[3])
      return slot
  }
}

/** Ids are random as a rule, and need not be: every word counts, by the finalizer of MurmurHash3. */
function hashOf(id: Uint32Array): number {
  let hash = 0
  for (let word = 0; word < 4; word++) {
    hash = Math.imul(hash ^ (id[word] ?? 0), 0x85eb_ca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}
