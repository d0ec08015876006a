import { expect, test } from 'vitest'
import { createProgressView } from './progress.ts'
import { createTestContext } from './test-context.ts'

test('a pipe gets one line a step, and no countdown', () => {
  const { out, printed } = createTestContext()
  const view = createProgressView(out, process.stdout)
  view.show({ kind: 'step', part: 'databases', text: 'starting' })
  view.show({ kind: 'step', part: 'databases', text: 'starting' })
  view.show({ kind: 'step', part: 'nodes', text: '3 of 11 ready', fleeting: true })
  view.show({ kind: 'notice', text: 'port 8080 (shop) is taken; using 8081' })
  view.show({ kind: 'step', part: 'nodes', text: '11 of 11 ready', done: true })
  view.end()
  expect(printed).toEqual(['databases: starting', 'port 8080 (shop) is taken; using 8081', 'nodes: 11 of 11 ready'])
})

test('a terminal gets lines that replace each other, and nothing is left of them', () => {
  const { out } = createTestContext()
  const written: string[] = []
  const stream = { columns: 60, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  const view = createProgressView({ ...out, isTerminal: true }, stream)
  view.show({ kind: 'step', part: 'databases', text: 'x'.repeat(200) })
  view.show({ kind: 'step', part: 'nodes', text: '1 of 11 ready', fleeting: true })
  view.end()
  view.show({ kind: 'notice', text: 'orders-1 died' })
  const screen = replay(written.join(''))
  expect(screen).toEqual(['orders-1 died', ''])
  for (const text of written) expect(text.split('\n')[0]?.length).toBeLessThanOrEqual(60)
})

/** What a terminal shows after `text`, as far as the codes for "up" and "erase below" go. */
function replay(text: string): string[] {
  const lines = ['']
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the escape character that is looked for
  for (const part of text.split(/(\x1b\[\d+[AJ]|\n)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const up = /^\x1b\[(\d+)A$/.exec(part)
    if (up) lines.splice(lines.length - 1 - Number(up[1]), Number.POSITIVE_INFINITY, '')
    else if (part === '\n') lines.push('')
    else if (!part.startsWith('\x1b')) lines[lines.length - 1] += part
  }
  return lines
}
