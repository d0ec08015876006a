// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Grafana look like that
import { expect, test } from 'vitest'
import { configure } from './field-config.ts'
import type { Frame } from './frame.ts'

const frame: Frame = {
  refId: 'A',
  fields: [
    { name: 'Value', displayName: 'good', type: 'number', values: [1], labels: { node: 'orders-1' } },
    { name: 'service', type: 'string', values: ['x'], labels: {} },
  ],
}

test('defaults, then overrides in their order, by name, pattern, type and query', () => {
  const [configured] = configure([frame], {
    defaults: { unit: 's', custom: { lineWidth: 2 } },
    overrides: [
      { matcher: { id: 'byName', options: 'good' }, properties: [{ id: 'unit', value: 'ms' }] },
      { matcher: { id: 'byRegexp', options: '/^go/' }, properties: [{ id: 'custom.fillOpacity', value: 5 }] },
      { matcher: { id: 'byType', options: 'string' }, properties: [{ id: 'displayName', value: 'Service' }] },
      { matcher: { id: 'byFrameRefID', options: 'B' }, properties: [{ id: 'unit', value: 'never' }] },
    ],
  })
  expect(configured?.fields[0]?.options).toEqual({ unit: 'ms', custom: { lineWidth: 2, fillOpacity: 5 } })
  expect(configured?.fields[1]?.displayName).toBe('Service')
  expect(configured?.fields[1]?.options?.unit).toBe('s')
})

test('a name may be made of labels', () => {
  const defaults = { displayName: 'node ${__field.labels.node}' }
  expect(configure([frame], { defaults })[0]?.fields[0]?.displayName).toBe('node orders-1')
})
