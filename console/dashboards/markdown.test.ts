import { expect, test } from 'vitest'
import { parseInline, parseMarkdown } from './markdown.ts'

test('blocks', () => {
  expect(parseMarkdown('# Head\n\none\ntwo\n- a\n  b\n- c\n\n```\nx\n```').map(({ kind }) => kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'code',
  ])
  expect(parseMarkdown('1. a\n2. b')).toEqual([
    { kind: 'list', ordered: true, items: [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]] },
  ])
})

test('inline', () => {
  expect(parseInline('**Is `x` *it*?** see [there](/d/a)')).toEqual([
    {
      kind: 'strong',
      children: [
        { kind: 'text', text: 'Is ' },
        { kind: 'code', text: 'x' },
        { kind: 'text', text: ' ' },
        { kind: 'emphasis', children: [{ kind: 'text', text: 'it' }] },
        { kind: 'text', text: '?' },
      ],
    },
    { kind: 'text', text: ' see ' },
    { kind: 'link', href: '/d/a', children: [{ kind: 'text', text: 'there' }] },
  ])
})

test.each(['javascript:alert`1`', '//elsewhere.example', 'data:text/html,x'])('%s is no link', (href) => {
  expect(parseInline(`[a](${href})`)).toEqual([{ kind: 'text', text: 'a' }])
})
