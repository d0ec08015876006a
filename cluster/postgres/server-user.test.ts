import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Account, chooseServerUser, firstBlocked, parsePasswd, runAs, type UserFacts } from './server-user.ts'
import { removeTempFolders, tempFolder } from './test-cluster.ts'

afterAll(removeTempFolders)

const nobody: Account = { name: 'nobody', uid: 65534, gid: 65534 }
const ada: Account = { name: 'ada', uid: 1000, gid: 1000 }
const facts = (more: Partial<UserFacts>): UserFacts => ({
  ...{ uid: 0, gid: 0, accounts: [{ name: 'root', uid: 0, gid: 0 }, nobody, ada], ownerUid: undefined },
  blockedAt: () => undefined,
  namespaceWorks: () => false,
  ...more,
})
const blockedFor = (account: Account) => (candidate: Account) => (candidate === account ? '/root' : undefined)

test.each<[string, Partial<UserFacts>, object]>([
  ['an ordinary user stays itself', { uid: 1000, gid: 100 }, { kind: 'self', uid: 1000, gid: 100 }],
  ['root becomes nobody', {}, { kind: 'switch', uid: 65534, gid: 65534 }],
  ['root becomes the owner of existing data', { ownerUid: 1000 }, { kind: 'switch', uid: 1000 }],
  ['data that root owns goes to nobody', { ownerUid: 0 }, { kind: 'switch', uid: 65534 }],
  ['an unknown owner is passed over', { ownerUid: 4711 }, { kind: 'switch', uid: 65534 }],
  ['an owner that is blocked is passed over', { ownerUid: 1000, blockedAt: blockedFor(ada) }, { uid: 65534 }],
  [
    'nobody is blocked: a namespace that shows root as nobody',
    { blockedAt: () => '/root', namespaceWorks: () => true },
    { kind: 'namespace', uid: 0, gid: 0, shownAs: nobody },
  ],
  [
    'there is no nobody: a namespace that shows root as somebody',
    { accounts: [ada], namespaceWorks: () => true },
    { kind: 'namespace', shownAs: ada },
  ],
])('%s', (_, more, expected) => {
  expect(chooseServerUser(facts(more))).toMatchObject(expected)
})

test('without a way out, the error names the folder in the way', () => {
  expect(() => chooseServerUser(facts({ blockedAt: () => '/root' }))).toThrow(
    /nobody" cannot reach \/root, .*chmod o\+x \/root/,
  )
})

test('a blocked folder or file is found from the mode bits of owner, group and others', () => {
  const folder = tempFolder()
  const inner = join(folder, 'inner')
  const file = join(inner, 'program')
  mkdirSync(inner)
  writeFileSync(file, '')
  chmodSync(file, 0o755)
  chmodSync(inner, 0o711)
  expect(firstBlocked([file], nobody)).toBeUndefined()
  chmodSync(file, 0o644)
  expect(firstBlocked([file], nobody)).toBe(file)
  chmodSync(inner, 0o700)
  expect(firstBlocked([file], nobody)).toBe(inner)
  const me = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  expect(firstBlocked([inner], me)).toBeUndefined()
})

test('passwd lines that are malformed are skipped', () => {
  expect(
    parsePasswd('root:x:0:0::/root:/bin/sh\n#comment\nbad:x:y:z\nada:x:1000:1000:,,,:/home/ada:/bin/bash\n'),
  ).toEqual([{ name: 'root', uid: 0, gid: 0 }, ada])
})

test('a namespace is entered with unshare, which keeps the process id', () => {
  const user = chooseServerUser(facts({ blockedAt: () => '/root', namespaceWorks: () => true }))
  expect(runAs(user, '/bin/postgres', ['-D', '/data'])).toEqual({
    command: 'unshare',
    args: ['-U', '--map-user=65534', '--map-group=65534', '/bin/postgres', '-D', '/data'],
    options: {},
  })
})
