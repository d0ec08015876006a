// The replacement text of `label_replace`: `$1`, `${name}`, `$$`, as Go's regular expressions expand it.

import type { Matcher as RegexMatch } from 're2js'

const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g

/** Replaces references to groups by what they matched; an unknown group is empty, a lone `$` stays. */
export function expandTemplate(template: string, match: RegexMatch, groupNames: ReadonlySet<string>): string {
  return template.replace(REFERENCE, (whole, braced: string | undefined, bare: string | undefined) => {
    if (whole === '$$') return '$'
    const name = braced ?? bare ?? ''
    if (/^\d+$/.test(name)) return Number(name) <= match.groupCount() ? (match.group(Number(name)) ?? '') : ''
    return groupNames.has(name) ? (match.group(name) ?? '') : ''
  })
}
