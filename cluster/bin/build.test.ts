import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { until } from '../../test/until.ts'
import { buildIfChanged } from './build.js'
import { nodeFlags } from './node-flags.js'

const root = resolve(import.meta.dirname, '../..')

beforeAll(async () => {
  await buildIfChanged(root)
})

test('what was built is not built again', async () => {
  expect(await buildIfChanged(root)).toBe(false)
})

test.each(['node', 'backend', 'console', 'faultline'])(
  'the bundle of %s takes a byte a character in memory',
  (name) => {
    expect(readFileSync(join(root, `dist/${name}.bundle`)).every((byte) => byte < 0x80)).toBe(true)
  },
)

const accepts = `
  const { readFileSync } = require('node:fs')
  const [bundle, cache] = process.argv.slice(1).map((path) => readFileSync(path))
  const source = bundle.toString('latin1')
  if (cache.toString('latin1', 0, 16) !== source.slice(-16)) throw new Error('a cache of another build')
  const script = new (require('node:vm').Script)(source, { cachedData: cache.subarray(16) })
  process.stdout.write(script.cachedDataRejected ? 'refused' : 'accepted')`

test('V8 takes the code cache of the nodes with the flags that they are started with', async () => {
  const [bundle = '', cache = ''] = ['bundle', 'cache'].map((kind) => join(root, `dist/node.${kind}`))
  await until('the cache to be written', () => existsSync(cache))
  const said = execFileSync(process.execPath, [...nodeFlags, '-e', accepts, bundle, cache], { encoding: 'utf8' })
  expect(said).toBe('accepted')
})
