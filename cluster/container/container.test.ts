import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readOrCreateSecrets } from '../supervisor/secrets.ts'
import { nodeEnvironment } from '../topology/environment.ts'
import { nodesFor, postgresNodesFor } from '../topology/nodes.ts'
import { makeSecrets, readSecret } from './make-secrets.ts'
import { containerEnvironment } from './node-environment.ts'
import { readSettings } from './settings.ts'

let folder: string
const program = process.argv[1] ?? ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-container-'))
  // The version is read beside the program.
  process.argv[1] = resolve(import.meta.dirname, '../../dist/start-node.cjs')
})
afterEach(() => {
  process.argv[1] = program
  rmSync(folder, { recursive: true, force: true })
})

const settingsOf = (region: string) => ({
  FAULTLINE_KIND: 'orders',
  FAULTLINE_REGION: region,
  FAULTLINE_CONTROL_URL: 'http://control:7070',
  FAULTLINE_OTLP_URL: 'http://collector:4318',
  FAULTLINE_POSTGRES: 'postgres-na:5432',
  FAULTLINE_PASSWORDS_DIR: folder,
  ...(region === 'eu' || region === 'asia' ? { FAULTLINE_POSTGRES_REPLICA: `postgres-${region}:5432` } : {}),
})

test.each(nodesFor('full'))('$id has in its container what the supervisor would give it', (node) => {
  const secrets = readOrCreateSecrets(folder)
  const url = (server: string) => (role: keyof typeof secrets.database, database: string) =>
    `postgres://${role}:${secrets.database[role]}@${server}:5432/${database}`
  const hasReplica = postgresNodesFor('full').some(({ region, role }) => region === node.region && role === 'replica')
  const settings = readSettings('node', settingsOf(node.region))
  const lease = { ...node, ledgerFounders: ['ledger-na', 'ledger-eu', 'ledger-asia'] }
  expect(containerEnvironment(lease, settings, 'the-token-of-this-run')).toEqual({
    ...nodeEnvironment(node, {
      port: 8080,
      controlUrl: 'ws://control:7070',
      token: 'the-token-of-this-run',
      otlpUrl: 'http://collector:4318',
      telemetry: 'on',
      version: settings.FAULTLINE_VERSION,
      mediaDir: '/var/lib/faultline/media',
      ledgerDir: '/var/lib/faultline/ledger',
      ledgerFounders: () => ['ledger-na', 'ledger-eu', 'ledger-asia'],
      sessionSecret: secrets.session,
      logLevel: 'info',
      seed: 1,
      databaseUrl: url('postgres-na'),
      replicaUrl: (role, database, region) => (hasReplica ? url(`postgres-${region}`)(role, database) : undefined),
    }),
    // Others reach it, and nobody holds its standard input.
    FAULTLINE_HOST: '0.0.0.0',
    FAULTLINE_PARENT_PIPE: '0',
  })
})

test('a ledger node founds nothing once there is a ledger', () => {
  const [node] = nodesFor('full').filter(({ kind }) => kind === 'ledger')
  if (!node) throw new Error('the topology has no ledger')
  const settings = readSettings('node', { ...settingsOf(node.region), FAULTLINE_KIND: 'ledger' })
  expect(containerEnvironment({ ...node, ledgerFounders: [node.id] }, settings, 'x')).toHaveProperty(
    'FAULTLINE_LEDGER_FOUNDERS',
  )
  expect(containerEnvironment(node, settings, 'x')).not.toHaveProperty('FAULTLINE_LEDGER_FOUNDERS')
})

test('settings that are wrong are named, all of them, without their values', () => {
  const wrong = { ...settingsOf('na'), FAULTLINE_KIND: 'bakery', FAULTLINE_POSTGRES: 'secret-value' }
  expect(() => readSettings('node', wrong)).toThrow(/FAULTLINE_KIND.*FAULTLINE_POSTGRES: must be host:port/)
  expect(() => readSettings('node', wrong)).not.toThrow('secret-value')
})

test('the control plane knows each database server by its name', () => {
  const control = (servers: string) =>
    readSettings('control', {
      ...Object.fromEntries(
        ['OTLP', 'JAEGER', 'PROMETHEUS', 'SHOP'].map((part) => [`FAULTLINE_${part}_URL`, 'http://a:1']),
      ),
      FAULTLINE_POSTGRES_SERVERS: servers,
    }).FAULTLINE_POSTGRES_SERVERS
  expect(control('postgres-na=one:5432,postgres-eu=two:5433')).toEqual([
    ['postgres-na', 'one:5432'],
    ['postgres-eu', 'two:5433'],
  ])
  for (const wrong of ['', 'postgres-na', 'postgres-na=one', 'postgres-na=one:5432,'])
    expect(() => control(wrong), wrong).toThrow('FAULTLINE_POSTGRES_SERVERS: must be a list of name=host:port')
})

test('secrets are made once, and a missing one says which service makes it', () => {
  const settings = readSettings('secrets', {
    FAULTLINE_TOKEN_FILE: join(folder, 'token/token'),
    FAULTLINE_PASSWORDS_DIR: join(folder, 'passwords'),
    FAULTLINE_POSTGRES_PASSWORDS_DIR: join(folder, 'postgres'),
  })
  expect(makeSecrets(settings)).toHaveLength(4)
  const token = readSecret(join(folder, 'token/token'))
  expect(token.length).toBeGreaterThanOrEqual(32)
  expect(makeSecrets(settings)).toEqual([])
  expect(readSecret(join(folder, 'token/token'))).toBe(token)
  expect(() => readSecret(join(folder, 'nothing'))).toThrow('has the service `secrets` run')
  writeFileSync(join(folder, 'passwords/secrets.json'), '{')
  expect(() => makeSecrets(settings)).toThrow('is damaged')
})
