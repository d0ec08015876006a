// Says whether what was built is what the sources are now: names, sizes and times of every file that a build reads.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders whose files end up in a bundle. */
const sourceFolders = ['cluster', 'services', 'otel', 'faults', 'lessons', 'dashboards', 'console']

/**
 * A digest of everything that a build of `root` depends on. Takes a few milliseconds; reads no file's content.
 * @param {string} root absolute path of the installation
 * @returns {string}
 */
export function sourceFingerprint(root) {
  const hash = createHash('sha256')
  hash.update(`${process.version} ${process.platform} ${process.arch}\n`)
  for (const path of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json']) addFile(root, path, hash)
  for (const folder of sourceFolders) addFolder(root, folder, hash)
  return hash.digest('hex')
}

/**
 * The fingerprint of what lies in dist/; undefined when nothing was built.
 * @param {string} root
 * @returns {string | undefined}
 */
export function builtFingerprint(root) {
  try {
    return readFileSync(join(root, 'dist/.fingerprint'), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {import('node:crypto').Hash} hash
 */
function addFolder(root, folder, hash) {
  let entries
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true })
  } catch {
    return
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'testdata') addFolder(root, path, hash)
    } else if (!entry.name.endsWith('.test.ts')) addFile(root, path, hash)
  }
}

/**
 * @param {string} root
 * @param {string} path
 * @param {import('node:crypto').Hash} hash
 */
function addFile(root, path, hash) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (stat) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`)
}
