// docker-compose.yml without an engine: against the Compose Specification, against the topology, against the files that it mounts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { needsPasswords } from '../cluster/container/node-environment.ts'
import { publishedUrls } from '../cluster/container/run-control.ts'
import { CONTROL_ID, serviceName } from '../cluster/control-plane/container-supervision.ts'
import { formatConfig } from '../cluster/postgres/settings.ts'
import { regionDelays } from '../cluster/topology/delays.ts'
import { homeRegion, isNodeKind, kindSpec, type NodeKind } from '../cluster/topology/kinds.ts'
import { firstLedgerNodes, makeNode, nodesFor, placesOf, postgresNodesFor } from '../cluster/topology/nodes.ts'
import { type ComposeService, mountsOf, readCompose, readComposeYaml, root, servicesOf } from './compose-file.ts'

const compose = readCompose()
const services = servicesOf(compose)
const own = services.filter(([, { image }]) => image === 'faultline:local')
const kindOf = ({ environment = {} }: ComposeService) => environment['FAULTLINE_KIND'] as NodeKind | undefined
const shop = services.flatMap(([name, service]) => {
  const kind = kindOf(service)
  return kind ? [{ name, service, kind, region: service.environment?.['FAULTLINE_REGION'] ?? '' }] : []
})
const runOnce = new Set(['secrets', 'setup'])
const megabytes = ({ mem_limit = '' }: ComposeService) => Number(/^(\d+)m$/.exec(mem_limit)?.[1])

describe('the file', () => {
  test('is one of the Compose Specification', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true })
    formats.default(ajv)
    ajv.addFormat('expose', true)
    // The schema names its parts in the manner of an older draft, which says nothing to this one.
    const text = readFileSync(join(root, 'test/schemas/compose-spec.json'), 'utf8').replace(/"id": "[^"]*",/g, '')
    const validate = ajv.compile(JSON.parse(text))
    expect(validate(readComposeYaml()) || validate.errors).toBe(true)
    expect(validate({ services: { one: { imag: 'x' } } })).toBe(false)
  })

  const hasOldCompose = spawnSync('docker-compose', ['version']).status === 0
  const name = 'is understood by Debian’s docker-compose, but for two keys that came later'
  const isSkipped = !hasOldCompose && process.env['CI'] !== 'true'
  test.skipIf(isSkipped)(isSkipped ? `${name} (docker-compose is not installed)` : name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-compose-'))
    try {
      const { name: _, ...yaml } = readComposeYaml() as Record<string, unknown>
      const text = stringify(yaml, { aliasDuplicateObjects: false, version: '1.1' }).replace(
        /^\s+start_interval: .*\n/gm,
        '',
      )
      writeFileSync(join(folder, 'docker-compose.yml'), text)
      const { status, stderr } = spawnSync('docker-compose', ['config', '--quiet'], { cwd: folder, encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(status).toBe(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('is short enough to be read', () => {
    expect(readFileSync(join(root, 'docker-compose.yml'), 'utf8').split('\n').length).toBeLessThan(320)
  })
})

describe('every container', () => {
  test.each(services)('%s has no rights that it does not need', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(service).not.toHaveProperty('privileged')
    expect(service.user).not.toBe('root')
  })

  test.each(services)('%s is of a version', (name, { image, build }) => {
    if (image === 'faultline:local') expect(build === undefined || name === 'secrets').toBe(true)
    else expect(image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?$/)
  })

  test.each(services.filter(([name]) => !runOnce.has(name) && name !== 'collector'))(
    '%s has a health check',
    (_, { healthcheck }) => {
      expect(healthcheck?.test.length).toBeGreaterThan(1)
    },
  )

  test('has a limit of memory, and all of them together take three gigabytes at most', () => {
    for (const [name, service] of services) expect(megabytes(service), name).toBeGreaterThan(0)
    // What runs once has ended before those start that wait for it.
    const staying = services.filter(([, { restart }]) => restart !== 'no')
    expect(services.length - staying.length).toBe(2)
    const sum = staying.reduce((total, [, service]) => total + megabytes(service) * (service.scale ?? 1), 0)
    expect(sum).toBeLessThanOrEqual(3 * 1024)
  })

  test('of ours is built once, from the one image', () => {
    expect(own.filter(([, { build }]) => build !== undefined).map(([name]) => name)).toEqual(['secrets'])
    for (const [, { pull_policy }] of own) expect(pull_policy).toBe('never')
  })

  test('waits for what there is', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const dependency = compose.services[other]
        expect(dependency, `${name} → ${other}`).toBeDefined()
        if (runOnce.has(other)) expect(condition, `${name} → ${other}`).toBe('service_completed_successfully')
        if (condition === 'service_healthy') expect(dependency?.healthcheck, `${name} → ${other}`).toBeDefined()
      }
    }
  })

  test('mounts volumes that there are, and files that exist', () => {
    const used = new Set<string>()
    for (const [name, service] of services) {
      for (const { source, target } of mountsOf(service)) {
        expect(target, name).toMatch(/^\//)
        if (source.startsWith('./')) expect(existsSync(join(root, source)), `${name}: ${source}`).toBe(true)
        else used.add(source)
      }
    }
    expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort())
  })

  test('that keeps data has a volume for it, and time to leave', () => {
    const kept = {
      prometheus: '/prometheus',
      loki: '/loki',
      grafana: '/var/lib/grafana',
      control: '/var/lib/faultline/control',
      ...Object.fromEntries(firstLedgerNodes('full').map((id) => [id, '/var/lib/faultline/ledger'])),
    }
    const servers = Object.fromEntries(postgresNodesFor('full').map(({ id }) => [id, '/var/lib/postgresql']))
    for (const [name, target] of Object.entries({ ...kept, ...servers })) {
      const mount = mountsOf(compose.services[name] as ComposeService).find((one) => one.target === target)
      expect(mount, name).toMatchObject({ source: name, isReadOnly: false })
    }
    for (const { id } of postgresNodesFor('full')) expect(compose.services[id]?.stop_grace_period).toBe('60s')
  })
})

test('five addresses at most are published, on this machine only', () => {
  const ports = services.flatMap(([name, service]) => (service.ports ?? []).map((port) => `${name} ${port}`))
  expect(ports.sort()).toEqual([
    'console 127.0.0.1:7080:7080',
    'frontdoor 127.0.0.1:8080:8080',
    'grafana 127.0.0.1:3000:3000',
    'jaeger 127.0.0.1:16686:16686',
    'prometheus 127.0.0.1:9090:9090',
  ])
  const { shop: shopUrl, console: consoleUrl, jaeger, prometheus } = publishedUrls('http://collector:4318')
  const published = ports.map((port) => `http://127.0.0.1:${port.split(':')[1]}`)
  expect(published).toEqual(expect.arrayContaining([shopUrl, consoleUrl, jaeger, prometheus]))
})

describe('the nodes', () => {
  test('are those of the topology, as many and where it says', () => {
    const ids = shop.flatMap(({ kind, region, service }) =>
      // The control plane numbers them, lowest first.
      Array.from({ length: service.scale ?? 1 }, (_, index) => makeNode(kind, region as 'na', index + 1).id),
    )
    const missing = nodesFor('full').filter(({ id }) => !ids.includes(id))
    expect(missing, 'nodes of the topology without a service in docker-compose.yml').toEqual([])
    expect(ids.sort()).toEqual(
      nodesFor('full')
        .map(({ id }) => id)
        .sort(),
    )
  })

  test.each(shop)(
    '$name is called as its kind, and as its region where it stands in several',
    ({ name, kind, region }) => {
      expect(isNodeKind(kind)).toBe(true)
      expect(name).toBe(serviceName({ kind, region: region as 'na' }))
    },
  )

  test.each(shop)(
    '$name waits for those whom it calls, its database, and the control plane',
    ({ kind, region, service }) => {
      const { calls, database } = kindSpec(kind)
      const wanted = calls
        // Those that call each other start together.
        .filter((callee) => callee !== kind)
        .flatMap((callee) => {
          const { placement } = kindSpec(callee as NodeKind)
          // The frontdoor calls all regions, and whoever calls a kind that is spread over them, all of it; home kinds call those at home.
          const isEverywhere = placement === 'spread' || kind === 'frontdoor'
          const regions = isEverywhere ? placesOf(callee as NodeKind, 'full') : [region as 'na']
          return regions.map((place) => serviceName({ kind: callee as NodeKind, region: place }))
        })
      const needed = [...wanted, CONTROL_ID]
      const waitsFor = Object.keys(service.depends_on ?? {})
      expect(waitsFor).toEqual(expect.arrayContaining(needed))
      if (database) expect(waitsFor).toContain('setup')
    },
  )

  test.each(shop)(
    '$name reads the replica of its region, if the topology has it do so',
    ({ kind, region, service }) => {
      const replica = postgresNodesFor('full').find((server) => server.region === region && server.role === 'replica')
      const reads = kindSpec(kind).database?.readsReplica && replica
      expect(service.environment?.['FAULTLINE_POSTGRES_REPLICA']).toBe(reads ? `${replica.id}:5432` : undefined)
      if (reads) expect(Object.keys(service.depends_on ?? {})).toContain(replica.id)
    },
  )

  test.each(shop)(
    '$name sees the passwords only when it needs one, and writes to no volume of others',
    ({ name, kind, service }) => {
      const sources = mountsOf(service).map(({ source }) => source)
      expect(sources.includes('passwords')).toBe(needsPasswords(kind))
      expect(sources).not.toContain('postgres-passwords')
      // Who keeps data has a volume of its own name.
      for (const { source, isReadOnly } of mountsOf(service)) expect(isReadOnly || source === name, source).toBe(true)
    },
  )

  test('have so few file descriptors that a fault can use them up', () => {
    for (const { name, service } of shop) expect(service.ulimits?.['nofile'], name).toBeLessThanOrEqual(8_192)
  })

  test('have the same settings, but for kind and region', () => {
    const shared = shop.map(({ service }) => {
      const { FAULTLINE_KIND, FAULTLINE_REGION, FAULTLINE_POSTGRES_REPLICA, ...rest } = service.environment ?? {}
      return rest
    })
    for (const settings of shared) expect(settings).toEqual(shared[0])
    expect(shared[0]).toMatchObject({ FAULTLINE_POSTGRES: `postgres-${homeRegion}:5432` })
  })
})

test('every address in the file is that of a service, at a port where it listens', () => {
  const listening: Record<string, number[]> = {
    control: [7070],
    frontdoor: [8080],
    collector: [4318],
    jaeger: [16686],
    prometheus: [9090],
    ...Object.fromEntries(postgresNodesFor('full').map(({ id }) => [id, [5432]])),
  }
  const addresses = services.flatMap(([, { environment = {} }]) =>
    Object.values(environment).flatMap((value) => [...String(value).matchAll(/(?:^|\/\/|=)([a-z-]+):(\d+)(?=,|$)/g)]),
  )
  expect(addresses.length).toBeGreaterThan(10)
  for (const [text, host = '', port] of addresses) {
    expect(compose.services, text).toHaveProperty(host)
    expect(listening[host], text).toContain(Number(port))
  }
})

describe('PostgreSQL', () => {
  test('has a server for each of the topology, the replicas as far behind as the region is far away', () => {
    const servers = services.filter(([, { image }]) => image.startsWith('postgres:'))
    expect(servers.map(([name]) => name).sort()).toEqual(
      postgresNodesFor('full')
        .map(({ id }) => id)
        .sort(),
    )
    for (const { id, region, role } of postgresNodesFor('full')) {
      if (role === 'primary') continue
      const { NAME, PRIMARY, APPLY_DELAY_MS } = compose.services[id]?.environment ?? {}
      expect({ NAME, PRIMARY, APPLY_DELAY_MS }).toEqual({
        NAME: id,
        PRIMARY: `postgres-${homeRegion}:5432`,
        APPLY_DELAY_MS: String(regionDelays()[homeRegion]?.[region]),
      })
    }
  })

  test('is known to the control plane, each server by its name, the primary first', () => {
    const others = postgresNodesFor('full').filter(({ role }) => role === 'replica')
    expect(compose.services['control']?.environment?.['FAULTLINE_POSTGRES_SERVERS']).toBe(
      [`postgres-${homeRegion}`, ...others.map(({ id }) => id)].map((id) => `${id}=${id}:5432`).join(','),
    )
  })

  test('has the settings of the local run, but survives a crash of the machine', () => {
    const local = readSettings(formatConfig({ name: 'postgres-na', port: 5432 }))
    const here = readSettings(readFileSync(join(root, 'cluster/container/postgres/postgresql.conf'), 'utf8'))
    const { port: _port, cluster_name: _name, ...rest } = local
    expect(here).toEqual({
      ...rest,
      listen_addresses: '*',
      unix_socket_directories: '/var/run/postgresql',
      hba_file: '/etc/faultline/pg_hba.conf',
      fsync: 'on',
      full_page_writes: 'on',
    })
  })
})

function readSettings(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+) = '(.*)'$|^(\w+) = (\S+)$/gm)].map(([, a, b, c, d]) => [a ?? c ?? '', b ?? d ?? '']),
  )
}
