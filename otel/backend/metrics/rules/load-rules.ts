// Reads rules files from disk.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseRuleFile, RuleFileError, type RuleGroup } from './rule-file.ts'

/** Prometheus's own default. */
const DEFAULT_INTERVAL_MS = 60_000

/**
 * The groups of all files, in their order; a group is known by the file's name without its folder.
 * @throws RuleFileError with the faults of all files, or the error of a file that cannot be read.
 */
export function loadRules(paths: readonly string[]): RuleGroup[] {
  const faults: string[] = []
  const groups = paths.flatMap((path) => {
    try {
      return parseRuleFile(readFileSync(path, 'utf8'), basename(path), DEFAULT_INTERVAL_MS)
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error
      faults.push(...error.faults)
      return []
    }
  })
  if (faults.length > 0) throw new RuleFileError(faults)
  return groups
}
