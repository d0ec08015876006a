/**
 * The folder that holds the servers' data: recognises its own, refuses everything else and never deletes what it did
 * not make. `cluster.json` marks it as ours, `secrets.json` (0600) keeps the two passwords that only we use.
 */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { writeDurably } from '../durable-file.ts'
import { isCode, PostgresError } from './errors.ts'
import type { ServerUser } from './server-user.ts'

const MARKER = 'cluster.json'
const SECRETS = 'secrets.json'

const markerSchema = z.object({
  format: z.literal(1),
  postgresMajor: z.int().positive(),
  /** The port of each server in the last run. */
  ports: z.record(z.string(), z.int()),
  /** Keyed digest of the databases and roles as last applied, so that unchanged passwords need no work. */
  provisioned: z.string().optional(),
  /** Whoever took writes last, with the timeline of its history: a promotion begins a new one. The data of all others is a copy, or old. */
  primary: z.object({ name: z.string(), timeline: z.int().positive() }).optional(),
})
/** What is remembered between runs. */
export type ClusterMarker = z.infer<typeof markerSchema>

const secretsSchema = z.object({ superuser: z.string().min(16), replication: z.string().min(16) })
/** Passwords of the superuser and of the replication role. */
export type ClusterSecrets = z.infer<typeof secretsSchema>

/** An opened data directory; `path` is real and absolute. */
export interface DataDirectory {
  path: string
  marker: ClusterMarker
}

/**
 * Opens `dataDir`, creating it when it is missing or empty.
 * @throws PostgresError `foreign-data-dir`, `no-access`, `version-mismatch` or `damaged-data-dir`; each says what to do.
 */
export function openDataDirectory(dataDir: string, postgresMajor: number): DataDirectory {
  const path = makeFolder(resolve(dataDir))
  assertWritable(path)
  if (!existsSync(join(path, MARKER))) {
    assertEmpty(path)
    // Root's servers run as another user, who must pass through to the folders below.
    if (process.getuid?.() === 0) chmodSync(path, statSync(path).mode | 0o011)
    const marker: ClusterMarker = { format: 1, postgresMajor, ports: {} }
    writeMarker(path, marker)
    return { path, marker }
  }
  const marker = readMarker(path)
  if (marker.postgresMajor !== postgresMajor) throw otherVersion(path, String(marker.postgresMajor), postgresMajor)
  return { path, marker }
}

/** Whether `dataDir` carries our marker. */
export function isOurs(dataDir: string): boolean {
  return existsSync(join(dataDir, MARKER))
}

function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true })
    return realpathSync(path)
  } catch (cause) {
    if (isCode(cause, 'EACCES') || isCode(cause, 'EPERM') || isCode(cause, 'EROFS')) throw noAccess(path, cause)
    if (!isCode(cause, 'EEXIST') && !isCode(cause, 'ENOTDIR')) throw cause
    throw new PostgresError('foreign-data-dir', `${path} is not a folder. Choose another data directory.`, { cause })
  }
}

function assertWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw noAccess(path, cause)
  }
}

function noAccess(path: string, cause: unknown): PostgresError {
  return new PostgresError(
    'no-access',
    `This user may not write to ${path}. Start as the user that made it, or choose another data directory.`,
    { cause },
  )
}

function assertEmpty(path: string): void {
  const [first] = readdirSync(path)
  if (first === undefined) return
  throw new PostgresError(
    'foreign-data-dir',
    `${path} holds "${first}" and is not a data directory of Faultline. Choose an empty or a new folder; nothing was changed.`,
  )
}

function readMarker(path: string): ClusterMarker {
  try {
    return markerSchema.parse(JSON.parse(readFileSync(join(path, MARKER), 'utf8')))
  } catch (cause) {
    throw new PostgresError(
      'damaged-data-dir',
      `${join(path, MARKER)} cannot be read. Move ${path} away to start afresh; nothing was changed.`,
      { cause },
    )
  }
}

/** Writes the marker so that a crash, of the machine too, leaves either the old or the new one; it is on the disk on return. */
export function writeMarker(path: string, marker: ClusterMarker): void {
  writeDurably(join(path, MARKER), `${JSON.stringify(marker, null, 2)}\n`, 0o644)
}

/** The passwords of this data directory, made at random the first time. */
export function readOrCreateSecrets(path: string): ClusterSecrets {
  const file = join(path, SECRETS)
  if (!existsSync(file)) {
    const secrets = { superuser: randomBytes(24).toString('hex'), replication: randomBytes(24).toString('hex') }
    writeAtomically(file, JSON.stringify(secrets), 0o600)
    return secrets
  }
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new PostgresError(
      'damaged-data-dir',
      `${file} cannot be read, and without its passwords the data is closed. Move ${path} away to start afresh.`,
      { cause },
    )
  }
}

/** Replaces a file in one step, with this mode and, when given, this owner. */
export function writeAtomically(file: string, text: string, mode: number, owner?: ServerUser): void {
  const draft = `${file}.new`
  writeFileSync(draft, text, { mode })
  if (owner?.kind === 'switch') chownSync(draft, owner.uid, owner.gid)
  renameSync(draft, file)
}

/** Makes an empty folder that `user` owns and nobody else may enter, replacing a leftover of the same name. */
export function makeServerFolder(path: string, user: ServerUser): void {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { mode: 0o700 })
  if (user.kind === 'switch') chownSync(path, user.uid, user.gid)
}

/**
 * Checks the primary's folder, if there is one. Folders get their name only when they are complete, so one that is not
 * has been damaged since.
 * @throws PostgresError `damaged-data-dir` or `version-mismatch`.
 */
export function inspectServerFolder(pgdata: string, postgresMajor: number): void {
  if (!existsSync(pgdata)) return
  if (!existsSync(join(pgdata, 'global/pg_control')) || !existsSync(join(pgdata, 'PG_VERSION'))) {
    throw new PostgresError(
      'damaged-data-dir',
      `${pgdata} is incomplete. Move the data directory away to start afresh; nothing was changed.`,
    )
  }
  const version = readFileSync(join(pgdata, 'PG_VERSION'), 'utf8').trim()
  if (version !== String(postgresMajor)) throw otherVersion(pgdata, version, postgresMajor)
}

function otherVersion(path: string, found: string, wanted: number): PostgresError {
  return new PostgresError(
    'version-mismatch',
    `${path} was made by PostgreSQL ${found}, this is ${wanted}. Move it away or choose another data directory; nothing was changed.`,
  )
}

/**
 * Makes `user` the owner of a server's folder, which only root can do.
 * @throws PostgresError `no-access` when it belongs to somebody else and we are not root.
 */
export function claimServerFolder(pgdata: string, user: ServerUser): void {
  const owner = statSync(pgdata).uid
  if (owner === user.uid) return
  if (user.kind === 'self') {
    throw new PostgresError(
      'no-access',
      `${pgdata} belongs to user id ${owner}, and this run has ${user.uid}. Start as that user, or choose another data directory.`,
    )
  }
  chownTree(pgdata, user.uid, user.gid)
}

function chownTree(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) chownTree(child, uid, gid)
    else lchownSync(child, uid, gid)
  }
}
