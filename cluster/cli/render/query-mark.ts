// Marks in a query's text what Prometheus says is wrong with it. Pure.
import { cut, plain } from './cells.ts'

/** Line and column, both counted from one. */
const PLACE = /(\d+):(\d+): (parse error: [\s\S]*)$/

const INDENT = '  '
/** So much of a long line stands before the mark at least. */
const CONTEXT = 30

/**
 * The message, the line of the query that it is about and a mark below the place: three lines, within `columns` characters but for
 * the message. The message alone when it names no place.
 */
export function markPosition(query: string, message: string, columns: number): string[] {
  const found = PLACE.exec(message)
  const line = query.split('\n')[Number(found?.[1]) - 1]
  if (!found || line === undefined) return [plain(message)]
  const characters = [...line].map((character) => plain(character) || ' ')
  const at = Math.min(Number(found[2]) - 1, characters.length)
  const room = Math.max(CONTEXT * 2, columns - INDENT.length)
  const skipped = at < room - CONTEXT / 2 ? 0 : at - (room - CONTEXT)
  const shown = cut(`${skipped > 0 ? '…' : ''}${characters.slice(skipped > 0 ? skipped + 1 : 0).join('')}`, room)
  return [plain(found[3] ?? ''), `${INDENT}${shown}`, `${INDENT}${' '.repeat(at - skipped)}^`]
}
