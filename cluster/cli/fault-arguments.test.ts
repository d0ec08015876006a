import { expect, test } from 'vitest'
import { parseForS, parseSettings } from './fault-arguments.ts'

test.each([
  ['30s', 30],
  ['500ms', 0.5],
  ['2m', 120],
  ['1h', 3_600],
  ['45', 45],
  ['1.5m', 90],
])('%s is %d seconds', (text, seconds) => {
  expect(parseForS(text)).toBe(seconds)
})

test.each(['', '-5s', '0', '2h', '5 s', 'soon', '1d'])('%j is no duration', (text) => {
  expect(() => parseForS(text)).toThrow(/such as 30s or 2m, from 0.1s to 1h/)
})

test('parameters in every form; the last of a name counts', () => {
  const words = ['delayMs=300', '--jitter-ms', '20', '--mode=slow', 'delayMs=5', '--offsetS', '-4']
  expect(parseSettings(words)).toEqual({ delayMs: '5', jitterMs: '20', mode: 'slow', offsetS: '-4' })
})

test.each([['delayMs'], ['--delayMs'], ['=5'], ['5']])('%s has no name or no value', (word) => {
  expect(() => parseSettings([word])).toThrow(/is no parameter with its value: write \w+=value/)
})
