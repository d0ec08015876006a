// The container `postgres-na` without an engine: a new PostgreSQL with the arguments and the configuration that docker-compose.yml names.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { locateBinaries } from '../cluster/postgres/binaries.ts'
import { SERVER_ENV } from '../cluster/postgres/launch.ts'
import { type ComposeService, root } from './compose-file.ts'
import { ordinaryUser } from './compose-processes.ts'
import { until } from './until.ts'

export const configFolder = join(root, 'cluster/container/postgres')

export type ContainerPostgres = { stop(): Promise<void> }

/** @param passwords folder that stands for the volume `postgres-passwords` */
export async function startContainerPostgres(
  service: ComposeService,
  { folder, passwords, port }: { folder: string; passwords: string; port: number },
): Promise<ContainerPostgres> {
  const binaries = locateBinaries()
  const data = join(folder, 'postgres-na')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (ordinaryUser.uid !== undefined) chownSync(data, ordinaryUser.uid, ordinaryUser.gid)
  const { POSTGRES_USER: user = '', POSTGRES_INITDB_ARGS = '' } = service.environment ?? {}
  const options = { cwd: data, env: SERVER_ENV, ...ordinaryUser }
  const made = spawnSync(
    binaries.initdb,
    [
      '-D',
      data,
      '-U',
      user,
      `--pwfile=${join(passwords, 'superuser')}`,
      '--no-sync',
      ...POSTGRES_INITDB_ARGS.split(' '),
    ],
    { ...options, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const child = spawn(binaries.postgres, ['-D', data, ...serverArguments(service), ...forTests(port)], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  await until(
    'PostgreSQL to answer',
    () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`)
      return answers(port)
    },
    30_000,
  )
  return { stop: () => stop(child) }
}

/** What the command says after the program, with the mounted folder where it is here. */
function serverArguments({ command = [] }: ComposeService): string[] {
  return command.slice(1).map((word) => word.replace('/etc/faultline', configFolder))
}

/** A machine of containers has a folder for sockets, and an address of its own. */
export function forTests(port: number): string[] {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `hba_file=${join(configFolder, 'pg_hba.conf')}`,
  ]
  return settings.flatMap((setting) => ['-c', setting])
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'nobody', password: 'x', database: 'postgres' })
  client.on('error', () => {})
  // That it asks for a password and refuses this one is an answer.
  return client.connect().then(
    () => true,
    (error: unknown) => error instanceof pg.DatabaseError && error.code === '28P01',
  )
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  await ended
}
