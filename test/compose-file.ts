// docker-compose.yml as Compose sees it: merged, variables filled in.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

export const root = resolve(import.meta.dirname, '..')

export type ComposeService = {
  image: string
  build?: string
  pull_policy?: string
  command?: string[]
  entrypoint?: string[]
  user?: string
  init?: boolean
  scale?: number
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  mem_limit?: string
  ulimits?: Record<string, number>
  stop_grace_period?: string
  network_mode?: string
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  tmpfs?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
}

export type ComposeFile = { name: string; services: Record<string, ComposeService>; volumes: Record<string, null> }

/** As written, anchors resolved. */
export function readComposeYaml(): unknown {
  return parse(readFileSync(resolve(root, 'docker-compose.yml'), 'utf8'), { merge: true, maxAliasCount: -1 })
}

/** With `${NAME:-default}` filled in from `env`. Throws for a variable without a default that is not there. */
export function readCompose(env: Record<string, string> = {}): ComposeFile {
  const text = JSON.stringify(readComposeYaml()).replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, standard) => {
    const value = env[name] ?? standard
    if (value === undefined) throw new Error(`docker-compose.yml needs ${name}`)
    return value
  })
  return JSON.parse(text) as ComposeFile
}

export function servicesOf({ services }: ComposeFile): [string, ComposeService][] {
  return Object.entries(services)
}

/** A volume or a bind mount of a service. */
export type Mount = { source: string; target: string; isReadOnly: boolean }

export function mountsOf({ volumes = [] }: ComposeService): Mount[] {
  return volumes.map((text) => {
    const [source = '', target = '', mode = ''] = text.split(':')
    return { source, target, isReadOnly: mode === 'ro' }
  })
}
