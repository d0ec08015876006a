import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { findPagesDir } from './pages-dir.ts'

const root = resolve(import.meta.dirname, '../..')

test.each(['.', 'services/media', 'dist', 'dist/nodes/deeper'])('the pages are found from %s', (folder) => {
  expect(findPagesDir(join(root, folder))).toBe(join(root, 'services/media/pages'))
})

test('an installation without them is an error that says so', () => {
  expect(() => findPagesDir(tmpdir())).toThrow('services/media/pages is missing')
})
