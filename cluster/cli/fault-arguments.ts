// What the commands about faults take beside names: durations, and parameters in either form.
import { InvalidArgumentError } from 'commander'
import { maxForS } from '../control-plane/faults/contract.ts'
import { CliError } from './context.ts'

const unitsS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600 }

/** `500ms`, `30s`, `2m`, `1h`, or seconds without a unit. */
export function parseForS(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  const seconds = number === '' ? Number.NaN : Number(number) * (unitsS[unit] ?? 1)
  if (!(seconds >= 0.1 && seconds <= maxForS)) {
    throw new InvalidArgumentError(`It must be a duration such as 30s or 2m, from 0.1s to ${maxForS / 3_600}h.`)
  }
  return seconds
}

/**
 * Parameters as `name=value`, `--name=value` or `--name value`; the last of a name counts. `--delay-ms` is `delayMs`.
 * Throws `CliError` for one without a value or a name.
 */
export function parseSettings(words: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const [, dashes = '', name = '', value] = /^(--)?([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? []
    const given = value ?? (dashes && words[i + 1] !== undefined ? words[++i] : undefined)
    if (name === '' || given === undefined) {
      throw new CliError(`${word} is no parameter with its value: write ${name || 'name'}=value`)
    }
    settings[name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())] = given
  }
  return settings
}
