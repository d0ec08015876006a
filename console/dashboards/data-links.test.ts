// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Grafana look like that
import { expect, test } from 'vitest'
import { consolePath, linksOf } from './data-links.ts'
import type { Field } from './frame.ts'

test.each([
  ['/d/faultline-shop?from=1', '/dashboards/faultline-shop?from=1'],
  ['/d/faultline-shop/the-shop?x', '/dashboards/faultline-shop?x'],
  ['/traces/abc', '/traces/abc'],
  ['https://example.com/x', 'https://example.com/x'],
  ['javascript:alert(1)', '#'],
  ['//elsewhere.example', '#'],
])('%s leads to %s', (url, expected) => {
  expect(consolePath(url)).toBe(expected)
})

test('a cell may name itself and its row', () => {
  const field = (name: string, value: string): Field => ({ name, type: 'string', values: [value], labels: {} })
  const links = [{ title: 'It', url: '/d/x?a=${__value.raw}&b=${__data.fields.id}&${__url_time_range}' }]
  const service = { ...field('service', 'or ders'), options: { links } }
  const frame = { refId: 'A', fields: [service, field('id', '7')] }
  const scope = { uid: '', variables: {}, startMs: 1, endMs: 2, range: '', marks: [], onZoom: () => {} }
  expect(linksOf(service, scope, { frame, row: 0 })).toEqual([
    { title: 'It', href: '/dashboards/x?a=or%20ders&b=7&from=1&to=2' },
  ])
})
