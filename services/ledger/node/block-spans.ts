// Spans of the blocks that this leader has under way. A block is committed for several requests at once: its span, and with it the calls that
// replicate it, belong to the trace of the first of them and link to the others, whose spans link back.
import { type Context, ROOT_CONTEXT, type Span, type SpanContext, trace } from '@opentelemetry/api'
import type { BlockHeader } from '../chain/block.ts'

const tracer = trace.getTracer('faultline.ledger')
/** Stragglers are sent a block long after it was committed; what comes later still is not traced. */
const REMEMBERED = 64

export class BlockSpans {
  readonly #spans = new Map<number, { span: Span; context: Context }>()

  /** @param requests contexts of the requests that wait for the block, at least one */
  begin({ height, index, term, count }: BlockHeader, requests: readonly Context[]): void {
    const [first = ROOT_CONTEXT, ...others] = requests
    const links = others.map((other) => trace.getSpanContext(other)).filter((other) => other !== undefined)
    const attributes = {
      'faultline.ledger.block.height': height,
      'faultline.ledger.block.charges': count,
      'faultline.ledger.index': index,
      'faultline.ledger.term': term,
    }
    const span = tracer.startSpan(
      'commit block',
      { attributes, links: links.map((linked) => ({ context: linked })) },
      first,
    )
    for (const other of others) trace.getSpan(other)?.addLink({ context: span.spanContext() })
    this.#spans.set(index, { span, context: trace.setSpan(first, span) })
    const [oldest] = this.#spans.keys()
    if (this.#spans.size > REMEMBERED && oldest !== undefined) this.#spans.delete(oldest)
  }

  /** The context in which the entry at a place of the log is replicated; undefined when nobody waits for it. */
  contextOf(index: number): Context | undefined {
    return this.#spans.get(index)?.context
  }

  /** A majority has stored the block: this is the moment that customers wait for. Returns the span, for an exemplar. */
  quorum(index: number, storedBy: readonly string[]): SpanContext | undefined {
    const known = this.#spans.get(index)
    known?.span.addEvent('quorum reached', { 'faultline.ledger.stored_by': [...storedBy] })
    known?.span.end()
    return known?.span.spanContext()
  }

  /** The block was not committed by this leader. */
  abandon(index: number): void {
    const known = this.#spans.get(index)
    known?.span.setAttribute('error.type', 'leadership_lost')
    known?.span.end()
    this.#spans.delete(index)
  }
}
