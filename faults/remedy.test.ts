import { expect, test } from 'vitest'
import { commandsOf, isExperiment, nameOf, type Remedy } from './remedy.ts'

const why = 'it helps'
const trial = { policy: 'timeoutMs', caller: 'gateway', callee: 'orders', without: 5_000, with: 300 }
const hedging = { policy: 'hedging', without: false, with: true }

test.each<[Remedy, string, string[]]>([
  [
    { policies: [trial], why },
    'timeoutMs 300',
    ['faultline policy set timeoutMs 300 --caller gateway --callee orders'],
  ],
  [
    { replicas: { products: 2 }, policies: [hedging], why },
    '2 products + hedging on',
    ['faultline scale products 2', 'faultline policy set hedging on'],
  ],
  [{ replicas: { fulfilment: 2 }, why }, '2 fulfilment', ['faultline scale fulfilment 2']],
  [{ undo: 'roll back', why }, 'roll back', ['faultline fault clear latency']],
  [{ measure: 'an index', why }, 'an index', []],
])('%j is called and applied', (remedy, name, commands) => {
  expect(nameOf(remedy)).toBe(name)
  expect(commandsOf(remedy, 'latency')).toEqual(commands)
  expect(isExperiment(remedy)).toBe(commands.length > 0)
})
