import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inspectServerFolder, openDataDirectory, readOrCreateSecrets } from './data-directory.ts'
import { startPostgres } from './start.ts'
import { removeTempFolders, tempFolder, testOptions } from './test-cluster.ts'

afterAll(removeTempFolders)

test('a folder with other files is refused and left as it is', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'thesis.txt'), 'precious')
  await expect(startPostgres(testOptions(folder))).rejects.toMatchObject({
    code: 'foreign-data-dir',
    message: expect.stringContaining('thesis.txt'),
  })
  expect(readdirSync(folder)).toEqual(['thesis.txt'])
})

test('a file in the place of the folder is refused', async () => {
  const file = join(tempFolder(), 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'below')]) {
    await expect(startPostgres(testOptions(path))).rejects.toMatchObject({ code: 'foreign-data-dir' })
  }
})

test('a missing or empty folder becomes ours and is opened again', () => {
  const folder = tempFolder()
  const { path, marker } = openDataDirectory(join(folder, 'a/b'), 18)
  expect(marker).toEqual({ format: 1, postgresMajor: 18, ports: {} })
  const secrets = readOrCreateSecrets(path)
  expect(readOrCreateSecrets(path)).toEqual(secrets)
  expect(secrets.superuser).not.toBe(secrets.replication)
  expect((statSync(join(path, 'secrets.json')).mode & 0o777).toString(8)).toBe('600')
  expect(openDataDirectory(path, 18)).toEqual({ path, marker })
})

test('data of another major version is refused', () => {
  const folder = tempFolder()
  openDataDirectory(folder, 17)
  expect(() => openDataDirectory(folder, 18)).toThrow(/made by PostgreSQL 17, this is 18. Move it away/)
  const pgdata = join(folder, 'postgres-na')
  mkdirSync(join(pgdata, 'global'), { recursive: true })
  writeFileSync(join(pgdata, 'global/pg_control'), '')
  writeFileSync(join(pgdata, 'PG_VERSION'), '16\n')
  expect(() => inspectServerFolder(pgdata, 18)).toThrow(/made by PostgreSQL 16/)
})

test.each([
  ['cluster.json', '{"format": 2}'],
  ['cluster.json', 'not json'],
  ['secrets.json', '{}'],
])('an unreadable %s (%s) is an error that says what to do', (file, content) => {
  const folder = tempFolder()
  readOrCreateSecrets(openDataDirectory(folder, 18).path)
  writeFileSync(join(folder, file), content)
  const open = () => readOrCreateSecrets(openDataDirectory(folder, 18).path)
  expect(open).toThrow(/cannot be read.*Move .* away to start afresh/)
  expect(readFileSync(join(folder, file), 'utf8')).toBe(content)
})

test('an incomplete server folder is refused and left as it is', async () => {
  const folder = tempFolder()
  openDataDirectory(folder, 18)
  mkdirSync(join(folder, 'postgres-na'))
  await expect(startPostgres(testOptions(folder))).rejects.toMatchObject({ code: 'damaged-data-dir' })
  expect(readdirSync(join(folder, 'postgres-na'))).toEqual([])
})
