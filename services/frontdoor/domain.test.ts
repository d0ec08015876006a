import { expect, test } from 'vitest'
import type { NodeRegion } from '../kit/control/document.ts'
import { afterProbe, avoidDark, customerRegion, lit } from './domain.ts'

test.each([
  [undefined, 'na'],
  ['na', 'na'],
  ['eu', 'eu'],
  ['asia', 'asia'],
  ['global', undefined],
  ['EU', undefined],
  ['', undefined],
  ['eu, na', undefined],
])('a customer who says %s is in %s', (header, expected) => {
  expect(customerRegion(header)).toBe(expected)
})

test.each([
  ['+', false],
  ['-', false],
  ['--', true],
  ['-+-', false],
  ['-+--', true],
  ['--+', true],
  ['--+-+', true],
  ['--++', false],
  ['--++-', false],
])('after the probes %s a region is dark: %s', (probes, dark) => {
  const state = [...probes].reduce((before, probe) => afterProbe(before, probe === '+'), lit)
  expect(state.dark).toBe(dark)
})

test.each<[string, NodeRegion[], string]>([
  ['na eu asia', [], 'na eu asia'],
  ['na eu asia', ['eu'], 'na asia'],
  ['na eu asia', ['eu', 'na'], 'asia'],
  ['na eu asia', ['na', 'eu', 'asia'], 'na eu asia'],
  ['na', ['na'], 'na'],
  ['', ['na'], ''],
])('of %s with %o dark there remain %s', (all, dark, expected) => {
  const endpoints = all
    .split(' ')
    .filter(Boolean)
    .map((region) => ({ instance: `edge-${region}`, region: region as NodeRegion, host: '127.0.0.1', port: 1 }))
  const left = avoidDark(endpoints, (region) => dark.includes(region))
  expect(left.map(({ region }) => region).join(' ')).toBe(expected)
})
