import { expect, test } from 'vitest'
import { colorOf, colorsOf, namedColor, thresholdColor } from './colors.ts'

test('names, shades, literal colours, and what is no colour', () => {
  expect(namedColor('red')).not.toBe(namedColor('dark-red'))
  expect(namedColor('#123456')).toBe('#123456')
  expect(namedColor('rgba(50, 116, 217, 0.8)')).toBe('rgba(50, 116, 217, 0.8)')
  expect(namedColor('url(javascript:1)')).toBe('#8a8f98')
})

test('a name has one colour; names beside each other have different ones', () => {
  expect(colorOf('orders')).toBe(colorOf('orders'))
  const names = Array.from({ length: 16 }, (_, index) => `series ${index}`)
  expect(new Set(colorsOf(names).values()).size).toBe(16)
  expect(colorsOf([...names, 'one more']).size).toBe(17)
})

test('thresholds', () => {
  const steps = [
    { value: null, color: 'green' },
    { value: 0.01, color: 'orange' },
    { value: 0.05, color: 'red' },
  ]
  const thresholds = { mode: 'absolute', steps }
  expect(thresholdColor(thresholds, 0)).toBe(namedColor('green'))
  expect(thresholdColor(thresholds, 0.01)).toBe(namedColor('orange'))
  expect(thresholdColor(thresholds, 7)).toBe(namedColor('red'))
  expect(thresholdColor(thresholds, null)).toBe(namedColor('green'))
  expect(thresholdColor(undefined, 1)).toBeUndefined()
  const percentage = { mode: 'percentage', steps: [steps[0]!, { value: 50, color: 'red' }] }
  expect(thresholdColor(percentage, 6, { min: 0, max: 10 })).toBe(namedColor('red'))
})
