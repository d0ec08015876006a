import { expect, test } from 'vitest'
import { openerOf } from './open.ts'

test.each([
  ['linux', { DISPLAY: ':0' }, ['xdg-open']],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open']],
  ['linux', {}, undefined],
  ['darwin', {}, ['open']],
  ['win32', {}, ['cmd', '/c', 'start', '']],
] as const)('on %s with %o', (platform, env, opener) => {
  expect(openerOf(platform, env)).toEqual(opener)
})
