// Where in a query an error lies, from the words of whoever refused it: `1:5: parse error: …`.

export type ErrorPlace = {
  message: string /** Offset in the query; undefined when it is not told. */
  at: number | undefined
}

export function errorPlace(message: string, query: string): ErrorPlace {
  const found = /(\d+):(\d+): parse error: (.*)$/s.exec(message)
  if (!found) return { message, at: undefined }
  const [, line = '1', column = '1', text = message] = found
  const lines = query.split('\n')
  const before = lines.slice(0, Number(line) - 1).reduce((sum, each) => sum + each.length + 1, 0)
  return { message: text, at: Math.min(query.length, before + Number(column) - 1) }
}

/** The line of the query that holds the place, and a caret under it. */
export function caretLines(query: string, at: number): string {
  const start = query.lastIndexOf('\n', at - 1) + 1
  const end = query.indexOf('\n', at)
  const line = query.slice(start, end < 0 ? undefined : end)
  return `${line}\n${' '.repeat(at - start)}^`
}
