// docker-compose.yml without an engine: each container of our own image as a process of an ordinary user on a read-only tree, at a
// loopback address of its own, with folders for volumes. A service sees only the volumes and the variables that the file gives it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ComposeFile, type ComposeService, mountsOf } from './compose-file.ts'
import type { Image } from './image.ts'
import { until } from './until.ts'

/** Whoever runs the tests may be root, and no container is. */
export const ordinaryUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** What stands for the path of a mount in a process that has no file system of its own. */
const variables: Record<string, (folder: string) => [string, string]> = {
  '/run/faultline/token': (folder) => ['FAULTLINE_TOKEN_FILE', join(folder, 'token')],
  '/run/faultline/passwords': (folder) => ['FAULTLINE_PASSWORDS_DIR', folder],
  '/run/faultline/postgres': (folder) => ['FAULTLINE_POSTGRES_PASSWORDS_DIR', folder],
  '/var/lib/faultline/media': (folder) => ['FAULTLINE_MEDIA_DIR', folder],
  '/var/lib/faultline/ledger': (folder) => ['FAULTLINE_LEDGER_DIR', folder],
  '/var/lib/faultline/control': (folder) => ['FAULTLINE_DATA', folder],
}

export type ComposeProcessesDeps = {
  compose: ComposeFile
  image: Image
  /** For the volumes; must be one that everybody may enter. */
  folder: string
  /** What each `host:port` of the file is here. */
  addresses: Record<string, string>
}

export type Container = { readonly name: string; readonly address: string; output(): string; child: ChildProcess }

export class ComposeProcesses {
  readonly #deps: ComposeProcessesDeps
  readonly #containers = new Map<string, Container>()
  #addresses = 0

  constructor(deps: ComposeProcessesDeps) {
    this.#deps = deps
    makeReadOnly(join(deps.image.folder, 'app'))
    for (const name of Object.keys(deps.compose.volumes)) this.volume(name)
  }

  /** The folder that stands for a volume. */
  volume(name: string): string {
    const folder = join(this.#deps.folder, 'volumes', name)
    mkdirSync(folder, { recursive: true })
    if (ordinaryUser.uid !== undefined) chownSync(folder, ordinaryUser.uid, ordinaryUser.gid)
    return folder
  }

  get(name: string): Container {
    const found = this.#containers.get(name)
    if (!found) throw new Error(`${name} was not started`)
    return found
  }

  names(): string[] {
    return [...this.#containers.keys()]
  }

  /** Runs a container to its end; throws what it has said unless that was 0. */
  async once(service: string): Promise<string> {
    const container = this.#launch(service, 1)
    const [code] = container.child.exitCode === null ? await once(container.child, 'close') : [container.child.exitCode]
    this.#containers.delete(container.name)
    if (code !== 0) throw new Error(`${service} ended with ${code}: ${container.output()}`)
    return container.output()
  }

  /** Starts a container, the `index`th of its service, and waits until its health check says yes. */
  async start(service: string, index = 1): Promise<Container> {
    const container = this.#launch(service, index)
    await this.healthy(container.name)
    return container
  }

  async healthy(name: string): Promise<void> {
    const container = this.get(name)
    await until(
      `${name} to be healthy`,
      () => {
        if (container.child.exitCode !== null) throw new Error(`${name} ended: ${container.output()}`)
        return this.checkHealth(name)
      },
      60_000,
    )
  }

  /** The health check of the file, once. */
  checkHealth(name: string): boolean {
    const { image, compose } = this.#deps
    const { address } = this.get(name)
    const [host, port] = address.split(':')
    const [, program = '', wanted = '', ...rest] = compose.services[serviceOf(name)]?.healthcheck?.test ?? []
    const args = [join(image.folder, 'usr/local/bin', program), port ?? wanted, ...rest]
    return spawnSync('bash', args, { env: { PATH: '/usr/bin:/bin', HEALTH_HOST: host } }).status === 0
  }

  /** As `docker compose stop` does; resolves to the exit code, or to the signal that it took. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    const { child } = this.get(name)
    this.#containers.delete(name)
    if (child.exitCode !== null) return child.exitCode
    const ended = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    const [code, by] = await ended
    clearTimeout(timer)
    return code ?? by
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#containers.keys()].map((name) => this.stop(name)))
  }

  /** What `docker compose exec SERVICE ARGS` prints. */
  exec(service: string, args: string[]): { status: number | null; stdout: string; stderr: string } {
    const { image } = this.#deps
    const [program = '', ...rest] = args
    // Its launcher names the path in the image.
    const command = program === 'faultline' ? [join(image.folder, 'app/dist/faultline.cjs'), ...rest] : args
    return spawnSync(process.execPath, command, { ...this.#options(service, '127.0.0.1'), encoding: 'utf8' })
  }

  #launch(service: string, index: number): Container {
    const { image, compose, addresses } = this.#deps
    const { command = image.command } = compose.services[service] ?? {}
    const name = index === 1 ? service : `${service}-${index}`
    const [, fixed] = Object.entries(addresses).find(([name]) => name.startsWith(`${service}:`)) ?? []
    const address = fixed ?? `127.77.0.${++this.#addresses}:8080`
    const [, ...flags] = image.entrypoint
    const options = this.#options(service, address.split(':')[0] ?? '', {
      FAULTLINE_HOLDER: `container-of-${name}`,
      ...(fixed ? { FAULTLINE_PORT: fixed.split(':')[1], FAULTLINE_CONSOLE_PORT: fixed.split(':')[1] } : {}),
    })
    const child = spawn(process.execPath, [...flags, ...command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-20_000)
      })
    }
    const container = { name, address, child, output: () => said }
    this.#containers.set(name, container)
    return container
  }

  #options(service: string, host: string, further: Record<string, string | undefined> = {}) {
    const { image, compose } = this.#deps
    const settings = compose.services[service]
    if (!settings) throw new Error(`there is no service ${service}`)
    const env = {
      PATH: '/usr/bin:/bin',
      ...image.env,
      ...this.#environment(settings),
      FAULTLINE_HOST: host,
      ...further,
    }
    return { cwd: join(image.folder, image.workdir), env, ...ordinaryUser }
  }

  #environment(service: ComposeService): Record<string, string> {
    const given = Object.entries(service.environment ?? {}).map(([name, value]) => [name, this.#here(String(value))])
    const nowhere = Object.values(variables).map((variable) => variable('/nonexistent'))
    const mounted = mountsOf(service).flatMap(({ source, target }) => {
      const variable = variables[target]
      return variable ? [variable(this.volume(source))] : []
    })
    return Object.fromEntries([...nowhere, ...given, ...mounted])
  }

  #here(value: string): string {
    const entries = Object.entries(this.#deps.addresses)
    return entries.reduce((text, [name, address]) => text.replaceAll(name, address), value)
  }
}

function serviceOf(name: string): string {
  return name.replace(/-\d+$/, '')
}

/** Nobody may write below it, not even its owner without a change of mode. */
function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) makeReadOnly(path)
    else chmodSync(path, 0o444)
  }
  chmodSync(folder, 0o555)
}
