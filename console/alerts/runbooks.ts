// What to do about an alert, out of the README: the address of a runbook names an anchor of it.

/** Markdown of the runbook that `README.md#anchor` names; undefined when there is none. */
export function runbookOf(readme: string, url: string | undefined): string | undefined {
  const anchor = /#([\w-]+)$/.exec(url ?? '')?.[1]
  if (!anchor) return undefined
  const line = readme.split('\n').find((each) => each.includes(`<a id="${anchor}"></a>`))
  return line
    ?.replace(/^\s*-\s*/, '')
    .replace(/<a id="[\w-]+"><\/a>/, '')
    .trim()
}

export async function loadReadme(): Promise<string> {
  return (await import('../../README.md')).default
}
