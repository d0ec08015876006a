import { expect, test } from 'vitest'
import { shortcutFor } from './shortcuts.tsx'

const run = () => {}
// In the order in which they are added: the shell's, then the view's.
const list = [
  { keys: 'g s', what: 'Go to Storefront', run },
  { keys: 'ArrowRight', what: 'Presenter: next step', run },
  { keys: 's', what: 'Slowest', run },
  { keys: 'ArrowRight', what: 'Open the row', run },
]

test.each([
  ['g', 's', 'Go to Storefront'],
  ['', 's', 'Slowest'],
  ['x', 's', 'Slowest'],
  ['', 'ArrowRight', 'Open the row'],
  ['', 'g', undefined],
])('after %o, %s is %s', (prefix, key, what) => {
  expect(shortcutFor(list, prefix, key)?.what).toBe(what)
})
