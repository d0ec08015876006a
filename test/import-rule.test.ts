// Holds the architecture: which folder may import which. A folder that this table does not know fails, so that it is thought about.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, posix, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Of a file: may it import this other file of ours? Both are paths from the root. */
type Rule = { folder: RegExp; may: (imported: string, importer: string) => boolean }

const sameFolder = (depth: number) => (imported: string, importer: string) =>
  imported.split('/').slice(0, depth).join('/') === importer.split('/').slice(0, depth).join('/')

const publicFaceOfService = /^services\/[^/]+\/(client|contract)\.ts$/

const rules: Rule[] = [
  { folder: /^otel\/sdk\//, may: sameFolder(2) },
  { folder: /^otel\/backend\//, may: sameFolder(2) },
  { folder: /^services\/kit\//, may: (path, from) => sameFolder(2)(path, from) || /^(otel\/sdk|faults)\//.test(path) },
  {
    folder: /^services\//,
    may: (path, from) =>
      sameFolder(2)(path, from) || /^(services\/kit|otel\/sdk)\//.test(path) || publicFaceOfService.test(path),
  },
  { folder: /^dashboards\//, may: sameFolder(1) },
  { folder: /^faults\//, may: sameFolder(1) },
  { folder: /^lessons\//, may: (path, from) => sameFolder(1)(path, from) || path.startsWith('faults/') },
  // Data of others is bundled: the runbooks, and the JSON that Grafana gets, too.
  {
    folder: /^console\//,
    may: (path, from) => sameFolder(1)(path, from) || path === 'README.md' || path.startsWith('dashboards/json/'),
  },
  { folder: /^(cluster|test)\//, may: () => true },
]

function importsOf(source: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)'([^']+)'/g
  return [...source.matchAll(pattern)].map((match) => match[1] ?? '')
}

const folders = ['services', 'otel', 'dashboards', 'faults', 'lessons', 'console', 'cluster', 'test']

function sourceFiles(folder: string): string[] {
  if (!existsSync(resolve(root, folder))) return []
  return readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => posix.join(folder, name))
}

function violations(file: string, source: string): string[] {
  const rule = rules.find(({ folder }) => folder.test(file))
  if (!rule) return [`${file}: no rule for its folder`]
  return (
    importsOf(source)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.normalize(posix.join(dirname(file), specifier)))
      .filter((imported) => !rule.may(imported, file))
      // A test may use what tests share.
      .filter((imported) => !(file.endsWith('.test.ts') && imported.startsWith('test/')))
      .map((imported) => `${file} imports ${imported}`)
  )
}

test('every import keeps to the architecture', () => {
  const files = folders.flatMap(sourceFiles)
  expect(files.length).toBeGreaterThan(50)
  const broken = files.flatMap((file) => violations(file, readFileSync(resolve(root, file), 'utf8')))
  expect(broken).toEqual([])
})

test.each([
  ['services/orders/app.ts', "import { x } from '../payments/store.ts'"],
  ['services/kit/node.ts', "import { x } from '../orders/contract.ts'"],
  ['otel/backend/main.ts', "import { x } from '../../services/kit/config.ts'"],
  ['otel/sdk/logger.ts', "import { x } from '../backend/main.ts'"],
  ['lessons/grader.ts', "await import('../cluster/cli/main.ts')"],
  ['tools/thing.ts', "import { x } from './other.ts'"],
])('the rule refuses %s: %s', (file, source) => {
  expect(violations(file, source)).toHaveLength(1)
})
