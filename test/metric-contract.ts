// The contract of the metrics, read from the documents that people read: which families there are, of which type, with which labels.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export type Family = {
  name: string
  /** `counter`, `gauge`, `histogram`; undefined where a line only adds labels. */
  type: string | undefined
  hasExemplars: boolean
  labels: ReadonlySet<string>
}

const root = resolve(import.meta.dirname, '..')

/** What rules, dashboards and lessons rely on. */
export const contractFile = 'otel/rules/METRICS.md'
/** What nodes tell beyond. */
const furtherFile = 'otel/sdk/METRICS.md'

/** Families by name; the labels are those of the documents, both when omitted. */
export function readContract(documents: readonly string[] = [contractFile, furtherFile]): Map<string, Family> {
  const families = new Map<string, Family>()
  const lines = documents.flatMap((file) => readFileSync(resolve(root, file), 'utf8').split('\n'))
  for (const line of lines) {
    const [, names = '', type = '', labels = ''] = line.split('|').map((cell) => cell.trim())
    if (!names.startsWith('`')) continue
    for (const name of quoted(names)) {
      const known = families.get(name)
      families.set(name, {
        name,
        type: known?.type ?? typesIn(type, names, name),
        hasExemplars: known?.hasExemplars ?? type.includes('exemplars'),
        // Values stand in the same cell; that a value would be allowed as a label's name harms nothing.
        labels: new Set([...(known?.labels ?? []), ...quoted(labels)]),
      })
    }
  }
  return families
}

/** One type for all names of a line, or one for each. */
function typesIn(cell: string, names: string, name: string): string | undefined {
  const types = cell.split(',').map((part) => part.trim().split(' ')[0] ?? '')
  const all = types.filter((type) => ['counter', 'gauge', 'histogram'].includes(type))
  return (all.length > 1 ? all[quoted(names).indexOf(name)] : all[0]) ?? undefined
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}
