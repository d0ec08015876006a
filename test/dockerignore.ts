// What .dockerignore leaves out of the build: its patterns in order, a later one over an earlier one.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { root } from './compose-file.ts'

/** Says of a path below the root whether it is left out. */
export function readDockerignore(): (path: string) => boolean {
  const patterns = readFileSync(resolve(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: toRegExp(line.replace(/^!/, '')) }))
  return (path) => {
    const parents = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
    let isIgnored = false
    for (const { keeps, pattern } of patterns) if (parents.some((each) => pattern.test(each))) isIgnored = !keeps
    return isIgnored
  }
}

/** `*` within a name, and double stars with their slash for any folders, none included. */
function toRegExp(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*)/).map((part) => {
    if (part === '**/') return '(?:.*/)?'
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`)
}
