// `npm run dashboards`: writes dashboards/json from the code.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle, root } from './run-bundled.js'

const folder = join(root, 'dashboards/json')
const outfile = await bundle('dashboards/all-dashboards.ts', 'dashboards')
/** @type {typeof import('../../dashboards/all-dashboards.ts')} */
const { dashboardFiles } = await import(pathToFileURL(outfile).href)
mkdirSync(folder, { recursive: true })
const files = dashboardFiles()
for (const name of readdirSync(folder)) if (!files.some((file) => file.name === name)) rmSync(join(folder, name))
for (const { name, text } of files) writeFileSync(join(folder, name), text)
console.log(`dashboards/json: ${files.map(({ name }) => name).join(' ')}`)
