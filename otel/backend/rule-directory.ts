// Finds the rules: every YAML file of a directory, as Prometheus's `rule_files: [DIRECTORY/*.yaml]` does.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Where the rules lie beside the program: `dist/backend.cjs` and `otel/rules`, or `otel/backend/main.ts` and `otel/rules`. */
export function findRuleDirectory(programDirectory: string): string | undefined {
  const places = ['../otel/rules', '../rules'].map((place) => resolve(programDirectory, place))
  return places.find((place) => existsSync(place))
}

/** Paths of its rules files, by their names. Throws what reading the directory throws. */
export function ruleFilesOf(directory: string): string[] {
  const names = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name))
  return names.sort().map((name) => join(directory, name))
}
