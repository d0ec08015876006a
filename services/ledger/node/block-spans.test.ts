// A block's span as traces show it: part of the first request's trace, tied to the others by links both ways, with the moment of quorum.
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { testChain } from '../chain/test-blocks.ts'
import { BlockSpans } from './block-spans.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
trace.setGlobalTracerProvider(provider)
afterAll(() => trace.disable())
beforeEach(() => exporter.reset())

const [block] = testChain([3])
const header = block!.header

function request(name: string): Span {
  return provider.getTracer('test').startSpan(name, {}, ROOT_CONTEXT)
}
const within = (span: Span) => trace.setSpan(ROOT_CONTEXT, span)

test('belongs to the first request, is linked with the others, and ends at the quorum', () => {
  const requests = ['first', 'second', 'third'].map(request) as [Span, Span, Span]
  const spans = new BlockSpans()
  spans.begin(header, requests.map(within))
  const replication = spans.contextOf(header.index)
  const exemplar = spans.quorum(header.index, ['ledger-na', 'ledger-eu'])
  for (const span of requests) span.end()
  const [ended, first, second, third] = exporter.getFinishedSpans()
  expect(ended).toMatchObject({
    name: 'commit block',
    parentSpanContext: { spanId: requests[0].spanContext().spanId },
    attributes: {
      'faultline.ledger.block.height': 1,
      'faultline.ledger.block.charges': 3,
      'faultline.ledger.index': 2,
    },
    events: [{ name: 'quorum reached', attributes: { 'faultline.ledger.stored_by': ['ledger-na', 'ledger-eu'] } }],
  })
  const linked = (links: readonly { context: { spanId: string } }[] = []) => links.map(({ context }) => context.spanId)
  expect(linked(ended?.links)).toEqual([second, third].map((span) => span?.spanContext().spanId))
  expect([first, second, third].map((span) => linked(span?.links))).toEqual([
    [],
    [exemplar?.spanId],
    [exemplar?.spanId],
  ])
  // A straggler is sent the block in the same place, after the quorum, too.
  expect(trace.getSpanContext(replication!)?.spanId).toBe(exemplar?.spanId)
  expect(spans.contextOf(header.index)).toBe(replication)
})

test('a block that another leader has to commit says so', () => {
  const spans = new BlockSpans()
  spans.begin(header, [within(request('first'))])
  spans.abandon(header.index)
  expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({ 'error.type': 'leadership_lost' })
  expect(spans.contextOf(header.index)).toBeUndefined()
})

test('only the newest blocks are remembered', () => {
  const spans = new BlockSpans()
  for (let index = 1; index <= 100; index++) {
    spans.begin({ ...header, index }, [within(request('one'))])
    spans.quorum(index, [])
  }
  expect(spans.contextOf(1)).toBeUndefined()
  expect(spans.contextOf(100)).toBeDefined()
})
