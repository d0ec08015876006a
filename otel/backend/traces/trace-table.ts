// The traces that the store holds: a flat row each, found by trace id, with the head of the list of its spans.
import { mixHash, RefTable } from '../storage/ref-table.ts'
import { NO_ROW } from '../storage/slab-ring.ts'
import { compareTimes } from './span-row.ts'

const ID = 0 // four words
const HEAD = 4
const SPANS = 5
const DROPPED = 6
const MARK = 7
const START = 8 // low, high
const WORDS = 10

const MIN_ROWS = 256
/** What `find` answers for a trace that is not there. */
export const UNKNOWN_TRACE = -1

export class TraceTable {
  private rows = new Uint32Array(MIN_ROWS * WORDS)
  /** Slots below this have been used; the freed ones among them are chained by their head. */
  private limit = 0
  private free = NO_ROW
  private readonly index = new RefTable()
  private readonly seed: number
  private mark = 0

  constructor(seed: number) {
    this.seed = seed
  }

  get size(): number {
    return this.index.size
  }

  get bytes(): number {
    return this.rows.byteLength + this.index.bytes
  }

  /** Slot of the trace whose id are the four words at `at`, or UNKNOWN_TRACE. */
  find(words: ArrayLike<number>, at: number): number {
    const hash = this.hashOf(words, at)
    for (let cell = this.index.first(hash); cell >= 0; cell = this.index.next(hash, cell)) {
      const slot = this.index.ref(cell)
      const row = slot * WORDS
      const { rows } = this
      if (
        rows[row] === words[at] &&
        rows[row + 1] === words[at + 1] &&
        rows[row + 2] === words[at + 2] &&
        rows[row + 3] === words[at + 3]
      ) {
        return slot
      }
    }
    return UNKNOWN_TRACE
  }

  /** Adds a trace without spans. The caller has found that it is not there. */
  add(words: ArrayLike<number>, at: number): number {
    let slot = this.free
    if (slot === NO_ROW) {
      slot = this.limit++
      if ((slot + 1) * WORDS > this.rows.length) {
        const larger = new Uint32Array(this.rows.length * 2)
        larger.set(this.rows)
        this.rows = larger
      }
    } else this.free = this.rows[slot * WORDS + HEAD]!
    const row = slot * WORDS
    for (let i = 0; i < 4; i++) this.rows[row + ID + i] = words[at + i]!
    this.rows[row + HEAD] = NO_ROW
    this.rows[row + SPANS] = 0
    this.rows[row + DROPPED] = 0
    this.rows[row + MARK] = 0
    this.index.add(this.hashOf(words, at), slot)
    return slot
  }

  remove(slot: number): void {
    const row = slot * WORDS
    this.index.remove(this.hashOf(this.rows, row), slot)
    this.rows[row + SPANS] = 0
    this.rows[row + HEAD] = this.free
    this.free = slot
  }

  /** Makes a row the trace's newest and returns the one that was. */
  push(slot: number, ref: number, startLo: number, startHi: number): number {
    const { rows } = this
    const row = slot * WORDS
    const previous = rows[row + HEAD]!
    rows[row + HEAD] = ref
    const first = rows[row + SPANS]!++ === 0
    if (first || compareTimes(startLo, startHi, rows[row + START]!, rows[row + START + 1]!) < 0) {
      rows[row + START] = startLo
      rows[row + START + 1] = startHi
    }
    return previous
  }

  head(slot: number): number {
    return this.rows[slot * WORDS + HEAD]!
  }

  spanCount(slot: number): number {
    return this.rows[slot * WORDS + SPANS]!
  }

  /** Spans that were refused because the trace was full. */
  droppedCount(slot: number): number {
    return this.rows[slot * WORDS + DROPPED]!
  }

  countDropped(slot: number): void {
    this.rows[slot * WORDS + DROPPED]!++
  }

  /** Start of the earliest span, in nanoseconds as a double: exact to 256 ns, for ordering only. */
  startNs(slot: number): number {
    return this.rows[slot * WORDS + START + 1]! * 2 ** 32 + this.rows[slot * WORDS + START]!
  }

  /** Starts a pass in which each trace can be marked once. */
  newMark(): number {
    this.mark = (this.mark + 1) >>> 0 || 1
    return this.mark
  }

  /** Marks a trace; false when this pass has marked it before. */
  tryMark(slot: number, mark: number): boolean {
    const at = slot * WORDS + MARK
    if (this.rows[at] === mark) return false
    this.rows[at] = mark
    return true
  }

  /** The four words of a trace's id, as a view that the next `add` may outdate. */
  idWords(slot: number): Uint32Array {
    return this.rows.subarray(slot * WORDS, slot * WORDS + 4)
  }

  private hashOf(words: ArrayLike<number>, at: number): number {
    return mixHash(mixHash(mixHash(mixHash(this.seed, words[at]!), words[at + 1]!), words[at + 2]!), words[at + 3]!)
  }
}
