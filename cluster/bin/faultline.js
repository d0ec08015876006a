#!/usr/bin/env node
// The command: builds what has changed, then runs the bundled command line.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfChanged } from './build.js'

const root = resolve(import.meta.dirname, '../..')
const bundle = resolve(root, 'dist/faultline.cjs')
try {
  await buildIfChanged(root)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
process.argv[1] = bundle
await import(pathToFileURL(bundle).href)
