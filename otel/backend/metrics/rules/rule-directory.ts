// Finds the rules: every YAML file of a directory, as Prometheus's `rule_files: [DIRECTORY/*.yaml]` does.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseRuleFile, type RuleGroup } from './rule-file.ts'

/** Files of tests lie beside the rules that they test: `promtool test rules` reads them. */
const RULE_FILE = /^(?!.*[._]test\.ya?ml$).*\.ya?ml$/

/** Where the rules lie beside the program: `dist/backend.cjs` and `otel/rules`, or `otel/backend/main.ts` and `otel/rules`. */
export function findRuleDirectory(programDirectory: string): string | undefined {
  const places = ['../otel/rules', '../rules'].map((place) => resolve(programDirectory, place))
  return places.find((place) => existsSync(place))
}

/**
 * All groups of all files, by the names of the files.
 * @throws RuleFileError naming every fault of the first file that has one, or what reading throws
 */
export function readRuleDirectory(directory: string, defaultIntervalMs: number): RuleGroup[] {
  const names = readdirSync(directory).filter((name) => RULE_FILE.test(name))
  return names.sort().flatMap((name) => {
    const path = join(directory, name)
    return parseRuleFile(readFileSync(path, 'utf8'), path, defaultIntervalMs)
  })
}
