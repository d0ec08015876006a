import { expect, test } from 'vitest'
import { LiveScreen } from './live-screen.ts'

function recorder(rows?: number) {
  const written: string[] = []
  return { written, rows, write: (text: string) => written.push(text) }
}

test('the first screen comes back, once, with its cursor', () => {
  const stream = recorder(3)
  const screen = new LiveScreen(stream)
  screen.open()
  screen.open()
  screen.draw(['one', 'two', 'three', 'four'])
  screen.close()
  screen.close()
  expect(stream.written).toEqual([
    '\x1b[?1049h\x1b[?25l\x1b[?7l',
    '\x1b[Hone\x1b[K\r\ntwo\x1b[K\r\nthree\x1b[K\x1b[J',
    '\x1b[?7h\x1b[?25h\x1b[?1049l',
  ])
})

test('a screen that is closed is not drawn on', () => {
  const stream = recorder()
  const screen = new LiveScreen(stream)
  screen.draw(['late'])
  screen.close()
  expect(stream.written).toEqual([])
})
